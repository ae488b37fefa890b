import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, type Params, TimeoutError } from 'amiable'
import { SeededRandom } from 'amiable/testing'
import { quiet } from './quiet.ts'

const EXTENSIONS = [
  ...['wait', 'wait', 'wait', 'answered', 'busy', 'early', 'cause34', 'dial', 'dialbusy', 'dialnoanswer'],
  ...['q', 'qempty', 'conf', 'conf', 'park', 'hold', 'quick', 'agent', 'agentcall', 'dialtransfer', 'dialtransfer'],
]
const QUEUES = ['support', 'sales']
const MEMBERS = ['Local/member@default/n', 'Local/wait@default/n', 'PJSIP/ep1', 'Custom:load']
const CAUSES = [1, 16, 17, 21, 34]

/** Something that a load does now and then: the greater its weight, the more often. */
export type Draw = readonly [weight: number, draw: () => Promise<void>]

/** Makes what a server of its own kind can do besides, drawn with the same seed. */
export type Draws = (random: SeededRandom) => readonly Draw[]

/** What a load has done, for a test that fails. */
export interface Load {
  /** Every action in order, as it was sent. */
  readonly log: readonly string[]
  /** Ends what never ends by itself, so that the server gets quiet: members that are rung again and again. */
  settle(): Promise<void>
  /** Ends all that it began. */
  clear(): Promise<void>
}

/** How a load is drawn. */
export interface LoadOptions {
  readonly rate?: number
  /** Whether modules are loaded again, which changes things without an event. */
  readonly reloads?: boolean
  readonly more?: Draws | undefined
}

/**
 * Does what a busy day does, drawn from a seed: calls of all kinds, queues and their members, rooms, parking, redirects,
 * transfers, states, and reloads where they are wanted. Resolves when it has sent `steps` of them, about `rate` a second.
 */
export async function load(
  ami: Client,
  seed: number,
  steps: number,
  { rate = 40, reloads = true, more = () => [] }: LoadOptions = {},
): Promise<Load> {
  const random = new SeededRandom(seed)
  const log: string[] = []
  const living = new Map<string, string>()
  const listeners = [
    ami.on('Newchannel', (event) => void living.set(event.get('Uniqueid') ?? '', event.get('Channel') ?? '')),
    ami.on('Hangup', (event) => void living.delete(event.get('Uniqueid') ?? '')),
  ]
  /** A refusal is an answer: what is drawn need not be there any more. */
  const send = async (action: string, params: Params): Promise<void> => {
    log.push(`${action} ${JSON.stringify(params)}`)
    await ami.sendRaw(action, params, { check: false }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error
    })
  }
  const channel = (): string => (living.size === 0 ? 'PJSIP/nobody' : random.pick([...living.values()]))
  const member = () => ({ Queue: random.pick(QUEUES), Interface: random.pick(MEMBERS) })
  const place = { Context: 'default', Priority: 1 }
  const dial = () => {
    const Exten = random.pick(EXTENSIONS)
    // an id of the caller's own may come again: the same identity lives twice
    const ids = random.chance(0.1) ? { ChannelId: `load-${seed}-${random.integer(1, 5)}` } : {}
    const far = { Channel: `Local/${Exten}@default/n`, Async: true, CallerID: `Load <${random.integer(100, 999)}>` }
    const near = random.chance(0.5) ? { Application: 'Wait', Data: '60' } : { ...place, Exten: 'wait' }
    return send('Originate', { ...far, ...near, ...ids })
  }
  const draws: readonly Draw[] = [
    ...more(random),
    [40, dial],
    [6, () => send('QueueAdd', { ...member(), Penalty: random.integer(0, 3) })],
    [4, () => send('QueueRemove', member())],
    [8, () => send('QueuePause', { ...member(), Paused: random.chance(0.5), Reason: 'load' })],
    [3, () => send('QueuePenalty', { ...member(), Penalty: random.integer(0, 5) })],
    [6, () => send('Redirect', { Channel: channel(), ...place, Exten: random.pick(EXTENSIONS) })],
    [2, () => send('Redirect', { ...both(), ...place, Exten: 'wait' })],
    [2, () => send('BlindTransfer', { Channel: channel(), Context: 'default', Exten: 'wait' })],
    // a telephone's own: it presses the feature code and the number
    [3, () => send('Atxfer', { Channel: channel(), Context: 'default', Exten: '201' })],
    [2, () => send('Bridge', { Channel1: channel(), Channel2: channel() })],
    [2, () => send('Park', { Channel: channel(), Timeout: 60_000 })],
    [3, () => send('ConfbridgeMute', { Conference: '100', Channel: channel() })],
    [2, () => send('ConfbridgeUnmute', { Conference: '100', Channel: 'all' })],
    [2, () => send('ConfbridgeKick', { Conference: '100', Channel: channel() })],
    [14, () => send('Hangup', { Channel: channel(), Cause: random.pick(CAUSES) })],
    [2, () => send('Setvar', { Channel: channel(), Variable: 'CHANNEL(language)', Value: 'de' })],
    [2, () => send('Setvar', { Channel: channel(), Variable: 'CHANNEL(accountcode)', Value: 'acme' })],
    [
      2,
      () => send('Setvar', { Channel: channel(), Variable: 'CALLERID(name)', Value: `Name ${random.integer(1, 9)}` }),
    ],
    [
      4,
      () =>
        send('Setvar', {
          Variable: `DEVICE_STATE(Custom:${random.pick(['load', 'desk201'])})`,
          Value: random.pick(['INUSE', 'NOT_INUSE', 'RINGING']),
        }),
    ],
    [
      3,
      () =>
        send('Setvar', {
          Variable: `PRESENCE_STATE(CustomPresence:${random.pick(['load', 'desk202'])})`,
          Value: `${random.pick(['away', 'dnd', 'available'])},load,number ${random.integer(1, 9)}`,
        }),
    ],
    [2, () => send('AgentLogoff', { Agent: '1001', Soft: random.chance(0.5) })],
    [reloads ? 1 : 0, () => send('Command', { Command: random.pick(['queue reload all', 'dialplan reload']) })],
  ]
  const both = (): {
    Channel: string
    ExtraChannel: string
    ExtraExten: string
    ExtraContext: string
    ExtraPriority: number
  } => ({
    Channel: channel(),
    ExtraChannel: channel(),
    ExtraExten: 'wait',
    ExtraContext: 'default',
    ExtraPriority: 1,
  })
  const deck = draws.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw))
  const answers: Promise<void>[] = []
  for (let n = 0; n < steps; n++) {
    answers.push(random.pick(deck)())
    await sleep(1000 / rate)
  }
  await Promise.all(answers)
  for (const listener of listeners) listener.remove()
  const settle = async (): Promise<void> => {
    for (const Interface of [...MEMBERS, 'Local/busy@default/n']) await send('QueuePause', { Interface, Paused: true })
  }
  const clear = async (): Promise<void> => {
    for (const Queue of QUEUES) for (const Interface of MEMBERS) await send('QueueRemove', { Queue, Interface })
    await send('QueuePause', { Interface: 'Local/member@default/n', Paused: false })
    await send('QueuePause', { Interface: 'Local/busy@default/n', Paused: false })
    const lives = async () =>
      (await ami.sendRaw('CoreShowChannels')).events.some((row) => row.get('Channel')?.startsWith('Local/'))
    // a channel that was transferred can outlive the first
    while (await lives()) {
      await send('Hangup', { Channel: '/^Local/' })
      await quiet(ami)
    }
  }
  return { log, settle, clear }
}
