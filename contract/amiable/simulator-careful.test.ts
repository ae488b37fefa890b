// The whole contract once more, where there is no WebAssembly to scan with.
import '../support/without-webassembly.ts'
import { withSimulator } from '../targets.ts'
import { contract } from './suite/all.ts'

await withSimulator(contract)
