import type { ServerOptions } from './options.ts'
import { type RecordedMessage, readRecording } from './recording/reader.ts'
import type { OwnRule } from './redaction/find-secrets.ts'
import { ownRule, type RedactRule } from './redaction/own-rule.ts'
import { redact } from './redaction/redact.ts'
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

/** A recording that is served. */
export interface Replay extends AsyncDisposable {
  readonly server: SimulatedAsterisk
  readonly port: number
  /** How many events were sent so far. */
  readonly sent: number
  /** Resolves when the last event was sent, with their number. */
  readonly done: Promise<number>
  start(): void
  close(): Promise<void>
}

/**
 * Serves a recording, or a plain capture, on a port: clients log in as to any simulated server and get the recorded
 * events. An action that the recording answered is answered as it was, with the client's own ActionID; the same action
 * again gets its next recorded answer, and the last one from then on. What the recording tells of that action later, such
 * as an `OriginateResponse`, has the client's ids as well. Everything else the simulator answers.
 */
export async function replay(file: string, options: ReplayOptions = {}): Promise<Replay> {
  const { speed = Number.POSITIVE_INFINITY, begin = 'login', session } = options
  const server = await startServer(options)
  const renames = new Renames()
  await answerAsRecorded(server, file, session, renames, ownRule(options.redact))
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
  const run = async (): Promise<void> => {
    let wanted = session
    let bytes = 0
    let began: number | undefined
    let first: number | undefined
    for await (const message of readRecording(file)) {
      if (closed) break
      if (!isBroadcast(message)) continue
      wanted ??= message.session
      if (message.session !== wanted) continue
      if (message.time !== undefined && speed !== Number.POSITIVE_INFINITY) {
        began ??= server.clock.now()
        first ??= message.time
        const wait = (message.time - first) / speed - (server.clock.now() - began)
        if (wait > 0) await new Promise<void>((resolve) => server.clock.setTimeout(resolve, wait))
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
    await server.close()
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

// main/manager.c:authority_to_str ends the classes of what everybody is told with `all`; a row of Status or of
// SIPpeerstatus names its class alone
function wasToldToAll(text: string): boolean {
  return /\r\nPrivilege: [^\r\n]*\ball\r?\n/.test(text)
}

/** The ids that clients gave now for those that were recorded. */
class Renames {
  #to = new Map<string, string>()

  /** From here on the id that was asked with in a recorded session is this one; an empty one takes the line away. */
  set(session: number, recorded: string, now: string): void {
    if (recorded === '') return
    this.#to.set(`${session} ${recorded}`, now)
    // events tell every session of an action
    this.#to.set(recorded, now)
  }

  // two programs may have used the same id
  #find(session: number, id: string): string | undefined {
    return this.#to.get(`${session} ${id}`) ?? this.#to.get(id)
  }

  /** A recorded message as it is now. The second half of a Local channel has the first one's id and `;2`. */
  apply(session: number, text: string): string {
    if (this.#to.size === 0) return text
    return text.replace(idLine, (line, name: string, id: string, half: string, end: string) => {
      const whole = this.#find(session, id + half)
      const now = whole ?? this.#find(session, id)
      if (now === undefined) return line
      if (now === '') return /^ActionID/i.test(name) ? '' : line
      return `${name}${now}${whole === undefined ? half : ''}${end}`
    })
  }
}

const idLine = /^((?:ActionID|\w*Uniqueid|\w*Linkedid): ?)([^\r\n]*?)((?:;2)?)(\r?\n)/gim
const answeredAnew = /^(login|logoff|challenge|ping|events)$/i
// what every asker makes up: it says nothing of what is asked
const made = ['actionid', 'channelid', 'otherchannelid']

/** A recorded request by the ids that its asker made up. */
interface Asked {
  readonly name: string
  readonly key: string
  readonly ids: readonly string[]
  readonly session: number
}

/** Makes the server answer what the recording answered. */
async function answerAsRecorded(
  server: SimulatedAsterisk,
  file: string,
  session: number | undefined,
  renames: Renames,
  own: OwnRule | undefined,
): Promise<void> {
  const asked = new Map<string, Asked>()
  const answers = new Map<string, { readonly to: Asked; text: string }[]>()
  for await (const { direction, text, session: from } of readRecording(file)) {
    if (direction === 'end' || (session !== undefined && from !== session)) continue
    const id = headerOf(text, 'ActionID')
    if (id === '') continue
    const where = `${from} ${id}`
    if (direction === 'in') {
      const name = headerOf(text, 'Action')
      const ids = made.map((header) => headerOf(text, header))
      if (!answeredAnew.test(name)) asked.set(where, { name, key: keyOf(text), ids, session: from })
      continue
    }
    const question = asked.get(where)
    if (question === undefined || (/^Event:/i.test(text) && wasToldToAll(text))) continue
    const list = answers.get(question.key) ?? []
    const last = list.at(-1)
    if (/^Response:/i.test(text)) list.push({ to: question, text })
    else if (last !== undefined) last.text += text
    answers.set(question.key, list)
  }
  const next = new Map<string, number>()
  for (const name of new Set([...asked.values()].map((question) => question.name))) {
    server.handle(name, (action, reply, builtIn) => {
      const key = keyOf(`${action.lines.join('\r\n')}\r\n\r\n`, own)
      const list = answers.get(key)
      const index = Math.min(next.get(key) ?? 0, (list?.length ?? 0) - 1)
      const answer = list?.[index]
      if (answer === undefined) return builtIn()
      next.set(key, index + 1)
      const { ids, session } = answer.to
      for (const [n, header] of made.entries()) renames.set(session, ids[n] ?? '', action.header(header))
      reply.write(renames.apply(session, answer.text))
      return undefined
    })
  }
}

function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: ?(.*?)\\r?$`, 'im').exec(text)?.[1] ?? ''
}

/** What is asked, whatever ids its asker made up; without secrets, since recordings have none. */
function keyOf(text: string, own?: OwnRule): string {
  return redact(text, { own })
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !made.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => line.toLowerCase().replace(/:\s*/, ':'))
    .sort()
    .join('\n')
}
