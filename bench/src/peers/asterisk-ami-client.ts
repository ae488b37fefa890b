import { exact, load, type Peer, type PeerClient } from './peer.ts'

interface Client {
  on(name: string, handler: (event: Record<string, unknown>) => void): void
  connect(user: string, secret: string, where: { host: string; port: number }): Promise<unknown>
  action(message: Record<string, string>, promise: true): Promise<unknown>
}

export const asteriskAmiClient: Peer<Record<string, unknown>> = {
  ...exact,
  open: (target): PeerClient<Record<string, unknown>> => {
    const ami = new (load<new () => Client>('asterisk-ami-client'))()
    let id = 0
    return {
      onAny: (handler) => ami.on('event', handler),
      onName: (name, handler) => ami.on(name, handler),
      connect: async () => {
        await ami.connect(target.username, target.secret, { host: target.host, port: target.port })
      },
      // Its own ids are the millisecond, so two actions in one would share one.
      ping: () => ami.action({ Action: 'Ping', ActionID: `p${id++}` }, true),
    }
  },
}
