import { AmiError, type Client, hangup, type OriginateParams, type OriginateResult } from 'amiable'
import { targetsFor } from '../context/targets.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { changeOptions, collect, duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonLine } from '../output/json.ts'
import { spell } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { eachServer } from '../server/each-server.ts'
import { mayChange } from '../server/guard.ts'
import { withClient } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly app?: string
  readonly data?: string
  readonly callerId?: string
  readonly ring?: number
  readonly variable?: readonly string[]
  readonly account?: string
  readonly codecs?: string
  readonly earlyMedia?: boolean
  readonly hangupAfter?: number
  readonly wait?: boolean
  readonly detachOnInterrupt?: boolean
  readonly quiet?: boolean
  readonly yes?: boolean
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

/** `amiable originate CHANNEL EXTEN@CONTEXT`: a call, and what became of it. */
export const originate = verb<Options>({
  define: (command) => {
    command
      .argument('<channel>', 'what to dial: PJSIP/100, Local/200@default')
      .argument('[place]', 'where an answered call goes: EXTEN@CONTEXT:PRIORITY')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Call:')
      .option('--app <name>', 'the application that an answered call runs, in place of an extension')
      .option('--data <text>', 'the arguments of the application')
      .option('--caller-id <text>', "the caller, as in 'Ann <100>'")
      .addOption(duration('--ring <time>', 'how long it may ring (30s)'))
      .option('-V, --variable <name=value>', 'a channel variable, again for each', collect)
      .option('--account <code>', 'the account code')
      .option('--codecs <names>', 'codecs, with commas between them')
      .option('--early-media', 'goes on as soon as there is early media')
      .addOption(duration('--hangup-after <time>', 'hangs an answered call up after this time'))
      .option('--wait', 'waits until an answered call has ended')
      .option('--no-wait', 'waits only until Asterisk has accepted the call')
      .option('--detach-on-interrupt', '^C leaves the call alone')
      .option('-q, --quiet', 'prints nothing')
    changeOptions(command)
    outputOptions(command, ['text', 'json'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable originate PJSIP/100 200@default
amiable originate Local/100@default --app Playback --data tt-monkeys --ring 20s
`
const NOTES = `
Exit status: 0 answered, 10 busy, 11 no answer, 12 congestion, 13 hung up, 14
failed, 6 unknown: look before you dial again. ^C hangs the call up. The
outcome needs read = call.`

/** The exit status of each outcome. */
const OUTCOMES: Readonly<Record<OriginateResult['outcome'], number>> = {
  answered: EXIT.done,
  busy: 10,
  noAnswer: 11,
  congestion: 12,
  hungUp: 13,
  failed: 14,
  // nothing was dialled: the server cannot now
  notBooted: 14,
  noDriver: 14,
  shutDown: 14,
  unknown: EXIT.unknown,
}

async function run(io: Io, { args, options, ...common }: Input<Options>): Promise<number> {
  const params = paramsOf(args, options)
  const targets = targetsFor(options, io.env)
  await mayChange(io, common, targets, `a call to ${params.Channel}`, options.yes === true)
  const json = options.json === true || options.output === 'json'
  // the class system brings FullyBooted: without it nobody knows whether a call failed or the server still boots
  const session = { events: ['call', 'system'] as const, timeout: options.timeout }
  return await eachServer(io, targets, { json }, async (target) => {
    return await withClient(io, common, target, session, async (client) => {
      if (options.wait === false) return await accepted(io, client, params, options, json)
      const began = performance.now()
      const result = await dialled(io, client, params, options)
      const took = performance.now() - began
      const status = OUTCOMES[result.outcome]
      if (!options.quiet) await io.out.line(json ? jsonLine(documentOf(client, result, took)) : textOf(result, took))
      if (result.outcome === 'answered') await lasted(io, client, result, options)
      return status
    })
  })
}

async function dialled(io: Io, client: Client, params: OriginateParams, options: Options): Promise<OriginateResult> {
  const variables = variablesOf(options)
  const detaches = options.detachOnInterrupt === true
  // ^C hangs the call up: the library does, when its channel is there
  const call = client.originate(params, { ...(!detaches && { signal: io.signal }), ...(variables && { variables }) })
  try {
    return await (detaches
      ? Promise.race([call, aborted(io.signal).then(() => Promise.reject(io.signal.reason))])
      : call)
  } catch (error) {
    if (!io.signal.aborted) throw error
    call.catch(() => {})
    if (detaches) throw interrupted(io, GOES_ON)
    throw interrupted(io, (await hasHungUp(client)) ? HUNG_UP : UNKNOWN)
  }
}

const GOES_ON = 'the call goes on'
const HUNG_UP = 'the call was hung up'
const UNKNOWN = 'the server has not answered to Hangup, and the call may go on'

/** Milliseconds that the server may take to hang up for somebody who has pressed ^C. */
const HANGUP = 3_000

/** Waits until the library has hung up what was given up, and logs off. */
async function hasHungUp(client: Client): Promise<boolean> {
  const began = performance.now()
  await client.close({ timeout: HANGUP })
  const { error } = await client.closed
  return error === undefined && performance.now() - began < HANGUP
}

function interrupted({ signal }: Io, what: string): CliError {
  const exit = signal.reason === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
  const hints = what === UNKNOWN ? ['Look for it: amiable list channels'] : []
  return new CliError(`interrupted: ${what}`, { exit, code: 'INTERRUPTED', hints })
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Sends the call and does not wait for what becomes of it. */
async function accepted(
  io: Io,
  client: Client,
  params: OriginateParams,
  options: Options,
  json: boolean,
): Promise<number> {
  const variables = variablesOf(options)
  const { source, message } = await client.sendRaw(
    'Originate',
    { ...params, Async: true },
    { ...(variables && { variables }) },
  )
  if (!options.quiet)
    await io.out.line(json ? jsonLine({ source, outcome: 'accepted', meaning: message }) : visible(message))
  return EXIT.done
}

/** Waits for the end of an answered call, or ends it, where that was asked for. */
async function lasted(io: Io, client: Client, { Channel, Uniqueid }: OriginateResult, options: Options): Promise<void> {
  if (!options.wait && options.hangupAfter === undefined) return
  const ended = new Promise<'ended'>((resolve) => {
    client.on('Hangup', (event) => event.Uniqueid === Uniqueid && resolve('ended'))
  })
  const lost = client.closed.then(({ error }) => Promise.reject(lostCall(client, error)))
  lost.catch(() => {})
  const stopped = aborted(io.signal)
  // it may have ended before anybody listened
  const { events } = await client.send('CoreShowChannels')
  if (!events.some((row) => row.Uniqueid === Uniqueid)) return
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    if (options.hangupAfter !== undefined) timer = setTimeout(resolve, options.hangupAfter)
  })
  const why = await Promise.race([ended, lost, over, stopped]).finally(() => clearTimeout(timer))
  if (why === 'ended') return
  if (io.signal.aborted && options.detachOnInterrupt) throw interrupted(io, GOES_ON)
  const hungUp = hangUp(client, Channel, io.signal.aborted ? HANGUP : undefined)
  if (!io.signal.aborted) return await hungUp
  throw interrupted(
    io,
    await hungUp.then(
      () => HUNG_UP,
      () => UNKNOWN,
    ),
  )
}

async function hangUp(client: Client, channel: string, timeout: number | undefined): Promise<void> {
  await hangup(client, { channel }, timeout === undefined ? {} : { timeout }).catch((error: unknown) => {
    // it has ended by itself
    if (!(AmiError.is(error) && error.code === 'AMI_REFUSED')) throw error
  })
}

function lostCall({ name }: Client, cause: unknown): CliError {
  return new CliError(`${name}: the connection was lost while the call lasted: it may go on`, {
    exit: EXIT.unknown,
    code: 'AMI_LOST',
    hints: ['Look for it: amiable list channels'],
    cause,
  })
}

function paramsOf([channel = '', place]: readonly string[], options: Options): OriginateParams {
  if (!/^[^/]+\/./.test(channel))
    throw usage(`${channel} must be a channel to dial, as in PJSIP/100 or Local/200@default`)
  if (place === undefined && options.app === undefined) {
    throw usage('originate needs EXTEN@CONTEXT or --app NAME: what does an answered call do?')
  }
  if (place !== undefined && options.app !== undefined) throw usage('EXTEN@CONTEXT and --app cannot be given together')
  if (options.data !== undefined && options.app === undefined) throw usage('--data needs --app')
  const [, exten, context = 'default', priority = '1'] =
    /^([^@:]+)(?:@([^@:]+))?(?::([^@:]+))?$/.exec(place ?? '') ?? []
  if (place !== undefined && exten === undefined) throw usage(`${place} must be EXTEN@CONTEXT:PRIORITY`)
  return {
    Channel: channel,
    ...(exten === undefined ? { Application: options.app } : { Exten: exten, Context: context, Priority: priority }),
    ...(options.data !== undefined && { Data: options.data }),
    ...(options.ring !== undefined && { Timeout: Math.round(options.ring) }),
    ...(options.callerId !== undefined && { CallerID: options.callerId }),
    ...(options.account !== undefined && { Account: options.account }),
    ...(options.codecs !== undefined && { Codecs: options.codecs }),
    ...(options.earlyMedia && { EarlyMedia: true }),
  }
}

function variablesOf({ variable }: Options): [string, string][] | undefined {
  return variable?.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw usage('--variable must be NAME=value')
    return [text.slice(0, at), text.slice(at + 1)]
  })
}

function textOf({ outcome, meaning, Channel, Uniqueid, cause }: OriginateResult, took: number): string {
  if (outcome === 'answered') return `answered after ${spell(took)}  ${visible(Channel)}  ${visible(Uniqueid)}`
  return `${outcome} after ${spell(took)}: ${visible(meaning)}${cause && !meaning.includes(String(cause)) ? ` (cause ${cause})` : ''}`
}

function documentOf(client: Client, result: OriginateResult, took: number): unknown {
  const { outcome, reason, cause, meaning, Channel, Uniqueid } = result
  return { source: client.name, outcome, reason, cause, meaning, took: Math.round(took), Channel, Uniqueid }
}
