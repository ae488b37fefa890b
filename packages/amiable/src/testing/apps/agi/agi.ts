import { separateArgs } from '../../protocol/app-args.ts'
import type { Application, ApplicationCall, Pbx } from '../pbx.ts'
import { asyncAgi, type Status } from './asyncagi.ts'
import { fastAgi } from './fastagi.ts'

// res_agi.c:MAX_ARGS
const ARGUMENTS = 128

/**
 * Makes the application AGI (res_agi.c:agi_exec_full). With EAGI's audio neither transport works, and there are no
 * scripts.
 */
function agi(enhanced: boolean): Application {
  return async (call) => {
    const { world, channel } = call
    const [script = '', ...args] = separateArgs(call.data, ARGUMENTS)
    if (call.data === '') return 'hangup'
    const status = await launch(call, script, args, enhanced)
    if (!channel.gone) world.setVariable(channel, 'AGISTATUS', status)
    return status === 'HANGUP' ? 'hangup' : 'next'
  }
}

async function launch(
  call: ApplicationCall,
  script: string,
  args: readonly string[],
  enhanced: boolean,
): Promise<Status> {
  if (/^h?agi:\/\//i.test(script)) return enhanced ? 'FAILURE' : fastAgi(call, script, args)
  if (/^agi:async/i.test(script)) return enhanced ? 'FAILURE' : asyncAgi(call, args)
  return 'NOTFOUND'
}

/** Adds AGI, DeadAGI and EAGI. */
export function addAgi(pbx: Pbx): void {
  pbx.add('AGI', agi(false))
  pbx.add('DeadAGI', agi(false))
  pbx.add('EAGI', agi(true))
}
