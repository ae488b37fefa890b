import { type Check, checkChoice, checkEach, checkFunction, checkWhole, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { serverChecks } from './check-options.ts'
import type { ServerOptions } from './options.ts'
import { answerAsRecorded, Renames, readAnswers, wasToldToAll } from './recorded-answers.ts'
import { checkRecording, type RecordedMessage } from './recording/reader.ts'
import { wholeMessages } from './recording/whole-messages.ts'
import { ownRule, type RedactRule } from './redaction/own-rule.ts'
import { type SimulatedAsterisk, startServer } from './server.ts'

/** What {@link replay} takes besides what a server takes. */
export interface ReplayOptions extends ServerOptions {
  /** 1 is the recording's own pace, 10 ten times as fast, `Infinity` (the default) as fast as the reader takes it. */
  readonly speed?: number
  /** Which connection of the recording; default the first that sent an event. */
  readonly session?: number
  /** The rule that the recording was made with: what is asked is compared without its secrets. */
  readonly redact?: RedactRule
  /** `'login'` (the default): begins when a client is logged in; `'manual'`: when {@link Replay.start} is called. */
  readonly begin?: 'login' | 'manual'
}

const ownChecks: Readonly<Record<Exclude<keyof ReplayOptions, keyof ServerOptions>, Check>> = {
  speed: (argument, value) => {
    if (typeof value !== 'number' || !(value > 0)) throw invalid(argument, `must be a number above 0, ${got(value)}`)
  },
  session: (argument, value) => checkWhole(argument, value, 1),
  redact: checkFunction,
  begin: (argument, value) => checkChoice(argument, value, ['login', 'manual']),
}

/** A recording that is served. */
export interface Replay extends AsyncDisposable {
  readonly server: SimulatedAsterisk
  readonly port: number
  /** How many events were sent so far. */
  readonly sent: number
  /** Resolves when the last event was sent, or the replay is closed, with the number of those that were sent. */
  readonly done: Promise<number>
  start(): void
  close(): Promise<void>
}

/**
 * Serves a recording, or a capture of the wire, on a port: clients log in as to any simulated server and get the recorded
 * events. An action that the recording answered is answered as it was, with the client's own ActionID; the same action
 * again gets its next recorded answer, and the last one from then on. What the recording tells of that action later, such
 * as an `OriginateResponse`, has the client's ids as well. Everything else the simulator answers. What holds no AMI is
 * refused with the reason.
 * @param recording a file's name, or a recording's text, as `importRecording` gives it
 */
export async function replay(recording: string, options: ReplayOptions = {}): Promise<Replay> {
  checkRecording(recording)
  const given = checkEach<ReplayOptions>('', options, { ...serverChecks, ...ownChecks })
  const { speed = Number.POSITIVE_INFINITY, begin = 'login', session, redact, ...serverOptions } = given
  // read first: what is refused leaves no server behind
  const answers = await readAnswers(recording, session)
  const server = await startServer(serverOptions)
  const renames = new Renames()
  answerAsRecorded(server, answers, renames, ownRule(redact))
  let sent = 0
  let started = false
  let closed = false
  let finish: (count: number) => void
  let fail: (error: unknown) => void
  const done = new Promise<number>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  done.catch(() => undefined)
  let wake = (): void => {}
  // says whether all of it went by
  const pause = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = server.clock.setTimeout(() => resolve(true), ms)
      wake = () => {
        server.clock.clearTimeout(timer)
        resolve(false)
      }
    })
  const run = async (): Promise<void> => {
    let wanted = session
    let bytes = 0
    let began: number | undefined
    let first: number | undefined
    // whether it was broken off was told when its answers were read
    for await (const message of wholeMessages(recording, () => undefined)) {
      if (closed) break
      if (!isBroadcast(message)) continue
      wanted ??= message.session
      if (message.session !== wanted) continue
      if (message.time !== undefined && speed !== Number.POSITIVE_INFINITY) {
        began ??= server.clock.now()
        first ??= message.time
        const wait = (message.time - first) / speed - (server.clock.now() - began)
        if (wait > 0 && !(await pause(wait))) break
      }
      server.send(Buffer.from(renames.apply(message.session, message.text), 'latin1'))
      sent++
      bytes += message.text.length
      if (bytes > 1 << 20) {
        bytes = 0
        await server.flushed()
      }
    }
    await server.flushed()
    finish(sent)
  }
  const start = (): void => {
    if (started) return
    started = true
    run().catch((error: unknown) => fail(error))
  }
  if (begin === 'login') void server.waitForLogin().then(start, () => undefined)
  const close = async (): Promise<void> => {
    closed = true
    wake()
    await server.close()
    if (!started) finish(sent)
  }
  return {
    server,
    port: server.port,
    get sent() {
      return sent
    },
    done,
    start,
    close,
    [Symbol.asyncDispose]: close,
  }
}

// events that came of themselves: no rows of lists, and not what a login of its own brings
function isBroadcast({ direction, text }: RecordedMessage): boolean {
  // Asterisk sends a blank line too many now and then, in front of what follows
  if (direction !== 'out' || !/^(\r\n)*Event:/i.test(text) || text.startsWith('Event: FullyBooted\r\n')) return false
  return wasToldToAll(text)
}
