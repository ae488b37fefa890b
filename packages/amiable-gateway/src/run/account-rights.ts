// What the account of a gateway may do at its Asterisk, beside what a configuration needs, and whether events have times.
// Two sessions are opened, as a gateway has them, and nothing is changed.
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, createClient } from 'amiable'
import { actionFacts, asteriskOf, isAvailable, rightsFor } from 'amiable/catalog'
import { CliError, EXIT } from 'amiable-settings'
import { classedActions } from '../actions/classes.ts'
import { CLASSES } from '../ami/listener.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { StateKind } from '../schema/state.ts'
import type { sessionOptions } from './connect.ts'

/** What `amiable/state` lists for each kind; the second one where it may not ask for the first. */
const LISTS: Readonly<Record<StateKind, readonly (readonly string[])[]>> = {
  channels: [['CoreShowChannels', 'Status']],
  bridges: [['BridgeList'], ['BridgeInfo']],
  calls: [['CoreShowChannels', 'Status'], ['BridgeList'], ['BridgeInfo']],
  queues: [['QueueStatus']],
  rooms: [['ConfbridgeListRooms'], ['ConfbridgeList']],
  parking: [['ParkedCalls']],
  devices: [['DeviceStateList']],
  hints: [['ExtensionStateList']],
  agents: [['Agents']],
  presence: [['PresenceStateList']],
  endpoints: [['PJSIPShowEndpoints']],
  contacts: [['PJSIPShowEndpoints'], ['PJSIPShowContacts']],
  trunks: [['PJSIPShowRegistrationsOutbound'], ['IAXregistry']],
  mailboxes: [['VoicemailUsersList']],
}
/** A login is an event of class security. */
const PATIENCE = 2_000

type Asterisk = LoadedConfig['asterisks'][string]

/** What was found out of an account. */
interface Found {
  /** The actions that it may send, and that this Asterisk has. */
  readonly actions: ReadonlyMap<string, readonly string[]>
  readonly version: string | undefined
  /** The classes that it may read, as far as they are proven. */
  readonly read: ReadonlySet<string>
  /** Whether these are all. */
  readonly isWhole: boolean
  /** Whether events have times; undefined where none came. */
  readonly stamped: boolean | undefined
}

/** Returns the actions that the live state lists a kind with; where one has several names, any of them will do. */
export function listsOf(kind: StateKind): readonly (readonly string[])[] {
  return LISTS[kind]
}

/** Says what the account of one Asterisk may do. @throws {CliError} naming all that it lacks */
export async function triedAccount(
  session: ReturnType<typeof sessionOptions>,
  asterisk: Asterisk,
  config: LoadedConfig,
): Promise<string> {
  const found = await look(session, asterisk)
  const wanted = wantedOf(config)
  const lacking = wanted.filter((names) => !names.some((name) => found.actions.has(name)) && isDenied(names, found))
  const deaf = asterisk.events.filter((one) => CLASSES.has(one) && !found.read.has(one))
  const faults: string[] = []
  if (lacking.length > 0) {
    const all = [...new Set(lacking.map(([name = '']) => name))]
    faults.push(`may not send ${all.join(', ')} (write = ${rightsFor({ actions: all }).write.join(',')})`)
  }
  if (deaf.length > 0 && found.isWhole) faults.push(`does not get events of read = ${deaf.join(',')}`)
  if (faults.length > 0) {
    const text = `the account ${asterisk.username} ${faults.join(', and ')}: change its section of manager.conf`
    throw new CliError(text, { exit: EXIT.refused, code: 'RIGHTS' })
  }
  const says = ['it may send all that state and actions need', readText(asterisk, deaf)]
  return [...says, timesText(found.stamped)].join('; ')
}

function readText({ events }: Asterisk, deaf: readonly string[]): string {
  if (deaf.length === 0) return `it gets ${events.join(' ')}`
  return `whether it gets ${deaf.join(' ')} cannot be asked: only an account with write = command may`
}

function timesText(stamped: boolean | undefined): string {
  if (stamped === undefined) return 'no event came that says whether timestampevents is on'
  if (stamped) return 'timestampevents is on'
  return 'timestampevents is off: turn it on in manager.conf, so that no two events are alike'
}

/** Returns the actions that are needed; of several in one list any will do. */
function wantedOf({ state, actions }: LoadedConfig): string[][] {
  const ofState = state === false ? [] : state.kinds.flatMap((kind) => listsOf(kind).map((names) => [...names]))
  const ofClasses = classedActions().filter((one) => (actions.classes as readonly string[]).includes(one.class))
  const ofActions = [...ofClasses.map(({ name }) => name), ...actions.allow].map((name) => [name])
  const all = new Map([...ofState, ...ofActions].map((names) => [names.join(), names]))
  return [...all.values()]
}

/** Whether an action is missing because of the account, and not because this Asterisk has no such module. */
function isDenied(names: readonly string[], { actions, version }: Found): boolean {
  return names.every((name) => {
    const facts = actionFacts(name)
    if (facts === undefined || facts.privileges.length === 0) return false
    if (version !== undefined && !isAvailable(name, version)) return false
    // what one class of these allows would be there as well
    const allowed = [...actions.values()].some(
      (classes) => classes.length > 0 && classes.every((one) => facts.privileges.includes(one)),
    )
    return !allowed
  })
}

async function look(session: ReturnType<typeof sessionOptions>, asterisk: Asterisk): Promise<Found> {
  const own = { ownClasses: asterisk.events.filter((one) => !CLASSES.has(one)) }
  const listening = createClient({ ...session, ...own, events: [...asterisk.events], reconnect: false })
  const acting = createClient({ ...session, events: 'off', reconnect: false })
  try {
    let hasSystem = false
    const event = new Promise<{ name: string; stamped: boolean } | undefined>((resolve) => {
      listening.on('*', (one) => {
        // main/manager.c:action_login gives one to whoever may read system; it has no time
        if (one.get('Event') === 'FullyBooted') hasSystem = true
        else resolve({ name: one.get('Event') ?? '', stamped: one.get('Timestamp') !== undefined })
      })
    })
    await listening.connect()
    await acting.connect()
    const { headers } = await acting.send('ListCommands')
    const actions = actionsOf(headers)
    const shown = actions.has('Command') ? await shownRead(acting, asterisk.username) : undefined
    const heard = await Promise.race([event, delay(PATIENCE, undefined)])
    const proven = [...(hasSystem ? ['system'] : []), ...(heard?.name === 'SuccessfulAuth' ? ['security'] : [])]
    const branch = asteriskOf(String(acting.version))
    return {
      actions,
      version: branch === undefined ? undefined : String(branch),
      read: new Set(shown ?? proven),
      isWhole: shown !== undefined,
      stamped: heard?.stamped,
    }
  } finally {
    await Promise.all([listening.close({ timeout: 0 }), acting.close({ timeout: 0 })])
  }
}

/** Reads the answer of ListCommands: `Name: synopsis  (Priv: a,b,all)` (main/manager.c:action_listcommands). */
function actionsOf(headers: readonly (readonly [name: string, value: string])[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const [name, synopsis] of headers) {
    const [, list] = /\(Priv: ([\w,<>]+)\)\s*$/.exec(synopsis) ?? []
    if (list === undefined) continue
    found.set(
      name,
      list.split(',').filter((one) => one !== 'all' && one !== '<none>'),
    )
  }
  return found
}

/** Returns what the console says that an account may read (main/manager.c:handle_showmanager). */
async function shownRead(client: Client, account: string): Promise<string[] | undefined> {
  // words of the console: a name with anything else would be more than one
  if (!/^[\w.-]+$/.test(account)) return undefined
  const lines = await client.command(`manager show user ${account}`)
  const [, list] = lines.map((line) => /^\s*read perm: (.*)$/.exec(line)).find((match) => match !== null) ?? []
  if (list === undefined) return undefined
  return list.split(',').map((one) => one.trim())
}
