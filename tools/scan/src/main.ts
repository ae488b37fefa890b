import { writeFileSync } from 'node:fs'
import { BUILT, build } from './build.ts'

writeFileSync(BUILT, await build())
