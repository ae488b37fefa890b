import { load, lower, type Peer, type PeerClient } from './peer.ts'

interface Client {
  on(name: string, handler: (event: Record<string, unknown>) => void): void
  connect(): void
  send(action: unknown, callback: (error: unknown, response: { events: unknown[] }) => void): void
}

interface Module {
  createClient(options: Record<string, unknown>): Client
  SilentLogger: new () => unknown
  Action: { Ping: new () => unknown; CoreShowChannels: new () => unknown }
}

export const amiIo: Peer<Record<string, unknown>> = {
  ...lower,
  open: (target): PeerClient<Record<string, unknown>> => {
    const { createClient, SilentLogger, Action } = load<Module>('ami-io')
    const ami = createClient({
      host: target.host,
      port: target.port,
      login: target.username,
      password: target.secret,
      encoding: 'utf8',
      logger: new SilentLogger(),
    })
    const send = (action: unknown): Promise<{ events: unknown[] }> =>
      new Promise((resolve, reject) =>
        ami.send(action, (error, response) => (error ? reject(error) : resolve(response))),
      )
    return {
      onAny: (handler) => ami.on('event', handler),
      onName: (name, handler) => ami.on(`rawEvent.${name}`, handler),
      connect: () =>
        new Promise((resolve, reject) => {
          ami.on('connected', () => resolve())
          ami.on('incorrectLogin', () => reject(new Error('login refused')))
          ami.connect()
        }),
      ping: () => send(new Action.Ping()),
      list: async () => (await send(new Action.CoreShowChannels())).events.length - 1,
    }
  },
}
