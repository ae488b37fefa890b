import { type Check, checkChoice, checkEach, checkFunction, checkWhole, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { serverChecks } from './check-options.ts'
import type { ServerOptions } from './options.ts'
import { answerAsRecorded, Renames, readAnswers, wasToldToAll } from './recorded-answers.ts'
import { checkRecording, type RecordedMessage } from './recording/reader.ts'
import { wholeMessages } from './recording/whole-messages.ts'
import { ownRule, type RedactRule } from './redaction/own-rule.ts'
import { type SimulatedAsterisk, startServer } from './server.ts'

/** The options of {@link replay}: those of a server, and these. */
export interface ReplayOptions extends ServerOptions {
  /** How fast: 1 as recorded, 10 ten times as fast, `Infinity` as fast as the client reads. @default Infinity */
  readonly speed?: number
  /** The number of the connection to replay. @default the first that sent an event */
  readonly session?: number
  /** The rule that the recording was made with. The replay compares actions without their secrets. */
  readonly redact?: RedactRule
  /**
   * `'login'`: the replay begins when a client is logged in. `'manual'`: when you call {@link Replay.start}. @default
   * 'login'
   */
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

/** A server that replays a recording. */
export interface Replay extends AsyncDisposable {
  readonly server: SimulatedAsterisk
  readonly port: number
  /** How many events it has sent. */
  readonly sent: number
  /** Resolves when the last event was sent, or the replay is closed, with the number of those that were sent. */
  readonly done: Promise<number>
  start(): void
  close(): Promise<void>
}

/**
 * Replays a recording, or a capture of the wire, on a port. Clients log in as to any simulated server, and receive the
 * recorded events.
 * An action that was recorded gets its recorded answer, with the client's ActionID. The same action again gets the next
 * recorded answer, and at the end the last one again. Later events of the action, such as an `OriginateResponse`, carry
 * the client's ids as well. The simulator answers every other action.
 * A file without AMI throws `AMI_ARGUMENT` with the reason.
 * @param recording the name of a file, or the text of a recording, as `importRecording` returns it
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
    // whether it was broken off is known from the reading of its answers
    for await (const message of wholeMessages(recording, () => undefined)) {
      if (closed) break
      if (!isBroadcast(message)) continue
      wanted ??= message.session
      if (message.session !== wanted) continue
      if (message.time !== undefined && speed !== Number.POSITIVE_INFINITY) {
        began ??= server.clock.elapsed()
        first ??= message.time
        const wait = (message.time - first) / speed - (server.clock.elapsed() - began)
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

// events that came of themselves: no rows of lists, and not what a login of its own causes
function isBroadcast({ direction, text }: RecordedMessage): boolean {
  // Asterisk sends a blank line too many now and then, in front of what follows
  if (direction !== 'out' || !/^(\r\n)*Event:/i.test(text) || text.startsWith('Event: FullyBooted\r\n')) return false
  return wasToldToAll(text)
}
