import type { Target } from '../../targets.ts'
import { accounts } from './accounts.ts'
import { everyAction } from './actions.ts'
import { charges } from './advice-of-charge.ts'
import { blocking } from './blocking.ts'
import { command } from './command.ts'
import { dialplan } from './dialplan.ts'
import { encodings } from './encodings.ts'
import { life } from './ends-the-session.ts'
import { events } from './events.ts'
import { fences } from './fences.ts'
import { interleaved } from './interleaved.ts'
import { limits } from './limits.ts'
import { lists } from './lists.ts'
import { login } from './login.ts'
import { violators } from './malformed-replies.ts'
import { queues } from './queues.ts'
import { recording } from './recording.ts'
import { rights } from './rights.ts'
import { silence } from './silence.ts'
import { states } from './states.ts'
import { text } from './text.ts'
import { tls } from './tls.ts'
import { variables } from './variables.ts'
import { wireOrder } from './wire-order.ts'

const areas = {
  login,
  tls,
  accounts,
  rights,
  events,
  command,
  encodings,
  text,
  limits,
  variables,
  lists,
  states,
  queues,
  silence,
  charges,
  dialplan,
  interleaved,
  fences,
  wireOrder,
  violators,
  blocking,
  everyAction,
  recording,
  life,
}

/** The whole contract, for one target; CONTRACT_AREA names one part of it. */
export function contract(target: Target): void {
  const only = process.env.CONTRACT_AREA
  for (const [name, area] of Object.entries(areas)) if (only === undefined || only === name) area(target)
}
