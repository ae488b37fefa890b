import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { load } from '../peers/peer.ts'

/** A call in the hands of an AGI server, as far as the cases need it. */
export interface AgiCall {
  noop(): Promise<unknown>
  answer(): Promise<unknown>
  set(name: string, value: string): Promise<unknown>
  get(name: string): Promise<string | undefined>
  /** SAY NUMBER with a word too few: Asterisk answers 520 over several lines. */
  wrong(): Promise<unknown>
}

export interface AgiServing {
  readonly port: number
}

type Listen = (handler: (call: AgiCall) => Promise<unknown>) => Promise<AgiServing>

/** The floor: lines in and lines out, one at a time, nothing quoted, nothing understood. */
const bytes: Listen = (handler) =>
  listening((socket) => {
    let text = ''
    let begun = false
    let answered: ((line: string) => void) | undefined
    const ask = (line: string): Promise<string> =>
      new Promise((resolve) => {
        answered = resolve
        socket.write(`${line}\n`)
      })
    const call: AgiCall = {
      noop: () => ask('NOOP'),
      answer: () => ask('ANSWER'),
      set: (name, value) => ask(`SET VARIABLE ${name} "${value.replace(/["\\]/g, '\\$&')}"`),
      get: async (name) => /\((.*)\)$/.exec(await ask(`GET VARIABLE ${name}`))?.[1],
      wrong: () => ask('SAY NUMBER 12'),
    }
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk
      if (!begun) {
        const end = text.indexOf('\n\n')
        if (end === -1) return
        text = text.slice(end + 2)
        begun = true
        void handler(call).then(() => socket.end())
        return
      }
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        answered?.(line)
      }
    })
  })

const listening = (serve: (socket: Socket) => void): Promise<AgiServing> =>
  new Promise((resolve) => {
    const server = createServer({ noDelay: true }, serve)
    server.listen(0, '127.0.0.1', () => resolve({ port: portOf(server) }))
  })

const portOf = (server: Server): number => (server.address() as AddressInfo).port

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const port = portOf(server)
      server.close(() => resolve(port))
    })
  })

interface Session {
  noop(): Promise<unknown>
  answer(): Promise<unknown>
  setVariable(name: string, value: string): Promise<unknown>
  getVariable(name: string): Promise<string | undefined>
  command(words: readonly string[]): Promise<unknown>
}

const amiable: Listen = async (handler) => {
  const { listenAgi } = (await import('amiable/agi' as string)) as {
    listenAgi(serve: (call: Session) => Promise<unknown>, options: { port: number }): Promise<AgiServing>
  }
  const serve = (call: Session): Promise<unknown> =>
    handler({
      noop: () => call.noop(),
      answer: () => call.answer(),
      set: (name, value) => call.setVariable(name, value),
      get: (name) => call.getVariable(name),
      wrong: () => call.command(['SAY', 'NUMBER', '12']),
    })
  return listenAgi(serve, { port: 0 })
}

interface DingDongContext {
  onEvent(name: string): Promise<unknown>
  on(name: string, handler: () => void): void
  noop?(): Promise<unknown>
  sendCommand(line: string): Promise<unknown>
  answer(): Promise<unknown>
  setVariable(name: string, value: string): Promise<unknown>
  getVariable(name: string): Promise<{ value?: string }>
  end(): Promise<unknown>
}

const dingDong: Listen = async (handler) => {
  const make =
    load<(serve: (context: DingDongContext) => void) => { start(port: number, host: string): Server }>('ding-dong')
  // it takes any port but 0
  const port = await freePort()
  const server = make((context) => {
    context.on('error', () => {})
    const call: AgiCall = {
      noop: () => context.sendCommand('NOOP'),
      answer: () => context.answer(),
      set: (name, value) => context.setVariable(name, value),
      get: async (name) => (await context.getVariable(name)).value,
      wrong: () => context.sendCommand('SAY NUMBER 12'),
    }
    void context
      .onEvent('variables')
      .then(() => handler(call))
      .then(() => context.end())
  }).start(port, '127.0.0.1')
  return new Promise((resolve) => server.once('listening', () => resolve({ port })))
}

export const agiServers: Readonly<Record<string, Listen>> = { bytes, amiable, 'ding-dong': dingDong }
