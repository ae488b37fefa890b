import type { ServerOptions } from './options.ts'
import { type RecordedMessage, readRecording } from './recording.ts'
import { type SimulatedAsterisk, startServer } from './server.ts'

/** What {@link replay} takes besides what a server takes. */
export interface ReplayOptions extends ServerOptions {
  /** 1 is the recording's own pace, 10 ten times as fast, `Infinity` (the default) as fast as the reader takes it. */
  readonly speed?: number
  /** Which connection of the recording; default the first that sent an event. */
  readonly session?: number
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
 * again gets its next recorded answer, and the last one from then on. Everything else the simulator answers.
 */
export async function replay(file: string, options: ReplayOptions = {}): Promise<Replay> {
  const { speed = Number.POSITIVE_INFINITY, begin = 'login', session } = options
  const server = await startServer(options)
  await answerAsRecorded(server, file, session)
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
      server.send(Buffer.from(message.text, 'latin1'))
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
  return /\r\nPrivilege: /.test(text)
}

const mark = '<the action id>'
const own = /^(login|logoff|challenge|ping|events)$/i

/** Makes the server answer what the recording answered. */
async function answerAsRecorded(server: SimulatedAsterisk, file: string, session: number | undefined): Promise<void> {
  const asked = new Map<string, { name: string; key: string }>()
  const answers = new Map<string, string[]>()
  for await (const { direction, text, session: from } of readRecording(file)) {
    if (direction === 'end' || (session !== undefined && from !== session)) continue
    const id = /^ActionID: ?(.*?)\r?$/im.exec(text)?.[1]
    if (id === undefined || id === '') continue
    const where = `${from} ${id}`
    if (direction === 'in') {
      const name = /^Action: ?(.*?)\r?$/im.exec(text)?.[1] ?? ''
      if (!own.test(name)) asked.set(where, { name, key: keyOf(text.split(/\r?\n/)) })
      continue
    }
    const question = asked.get(where)
    // what carries a Privilege was told to everybody
    if (question === undefined || (/\r\nPrivilege: /.test(text) && /^Event:/i.test(text))) continue
    const list = answers.get(question.key) ?? []
    const marked = text.replace(/^(ActionID: ?).*?(?=\r?$)/im, `$1${mark}`)
    if (/^Response:/i.test(text)) list.push(marked)
    else if (list.length > 0) list[list.length - 1] += marked
    answers.set(question.key, list)
  }
  const next = new Map<string, number>()
  for (const name of new Set([...asked.values()].map((question) => question.name))) {
    server.handle(name, (action, reply, builtIn) => {
      const key = keyOf(action.lines)
      const list = answers.get(key)
      if (list === undefined || list.length === 0) return builtIn()
      const index = Math.min(next.get(key) ?? 0, list.length - 1)
      next.set(key, index + 1)
      const text = list[index] ?? ''
      const id = action.header('ActionID')
      reply.write(id === '' ? text.replaceAll(`ActionID: ${mark}\r\n`, '') : text.replaceAll(mark, id))
      return undefined
    })
  }
}

function keyOf(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '' && !/^actionid:/i.test(line))
    .map((line) => line.toLowerCase().replace(/:\s*/, ':'))
    .sort()
    .join('\n')
}
