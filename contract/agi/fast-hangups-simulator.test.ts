import { withSimulator } from '../targets.ts'
import { fastHangups } from './fast-hangups.ts'

await withSimulator(fastHangups)
