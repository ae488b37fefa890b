import { addAgents } from './agent-app.ts'
import { addAgi } from './agi/agi.ts'
import { addConference } from './conference-app.ts'
import { addDial } from './dial.ts'
import { addParking } from './parking-app.ts'
import type { Pbx } from './pbx.ts'
import { addPlayback } from './playback-app.ts'
import { addQueue } from './queue-app.ts'
import { addSimpleApplications } from './simple.ts'
import { addStack } from './stack.ts'

/** Adds every application that there is. */
export function addApplications(pbx: Pbx): void {
  addSimpleApplications(pbx)
  addDial(pbx)
  addConference(pbx)
  addParking(pbx)
  addPlayback(pbx)
  addQueue(pbx)
  addAgents(pbx)
  addAgi(pbx)
  addStack(pbx)
}
