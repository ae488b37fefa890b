// Loaded before an example: it loads what the example needs, and holds it until its parent says so. An example that
// begins in the middle of a boot must not first spend the boot with loading.
import { once } from 'node:events'
import 'amiable'

const told = once(process, 'message')
process.send?.('held')
await told
process.disconnect?.()
