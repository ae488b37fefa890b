import type { AsteriskVersion } from '../model/core.ts'
import { maskOf, type PrivilegeClass } from '../protocol/privileges.ts'
import { agentActions } from './agents.ts'
import { bridgeActions } from './bridges.ts'
import { callActions } from './calls.ts'
import { chargeActions } from './charges.ts'
import { commandTable } from './command-table.ts'
import { conferenceActions } from './conferences.ts'
import { configActions } from './config.ts'
import type { ActionEntry, Handlers } from './context.ts'
import { coreActions } from './core.ts'
import { dialplanActions } from './dialplan.ts'
import { oddActions } from './malformed.ts'
import { originateActions } from './originate.ts'
import { parkingActions } from './parking.ts'
import { pjsipActions } from './pjsip.ts'
import { queueActions } from './queues.ts'
import { sessionActions } from './session.ts'
import { stateActions } from './states.ts'
import { SYNOPSES } from './synopses.ts'
import { variableActions } from './variables.ts'
import { voicemailActions } from './voicemail.ts'

const handlers: Handlers = {
  ...sessionActions,
  ...coreActions,
  ...variableActions,
  ...originateActions,
  ...callActions,
  ...chargeActions,
  ...queueActions,
  ...agentActions,
  ...bridgeActions,
  ...conferenceActions,
  ...parkingActions,
  ...stateActions,
  ...pjsipActions,
  ...voicemailActions,
  ...configActions,
  ...dialplanActions,
  ...oddActions,
}

/** Returns the actions of a version, by their names in lower case, in ListCommands' order. */
export function actionTable(version: AsteriskVersion): Map<string, ActionEntry> {
  const table = new Map<string, ActionEntry>()
  const synopses = new Map(
    SYNOPSES.trim()
      .split('\n')
      .map((line) => line.split('|') as [string, string]),
  )
  for (const [name, classes, only] of commandTable) {
    const handler = handlers[name]
    if (handler === undefined || (only !== 0 && only !== version)) continue
    const privilege = classes === '' ? 0 : maskOf(classes.split(',') as PrivilegeClass[])
    const synopsis = synopses.get(name) ?? ''
    table.set(name.toLowerCase(), { name, privilege, synopsis, handler })
  }
  return table
}
