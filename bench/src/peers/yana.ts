import { exact, load, type Peer, type PeerClient } from './peer.ts'

interface Client {
  on(name: string, handler: (event: Record<string, unknown>) => void): void
  connect(callback: () => void): void
  send(action: Record<string, unknown>, callback: (response: unknown) => void): void
}

export const yana: Peer<Record<string, unknown>> = {
  ...exact,
  open: (target): PeerClient<Record<string, unknown>> => {
    const ami = new (load<new (options: Record<string, unknown>) => Client>('yana'))({
      host: target.host,
      port: target.port,
      login: target.username,
      password: target.secret,
    })
    let id = 0
    return {
      onAny: (handler) => ami.on('event', handler),
      onName: (name, handler) => ami.on(name, handler),
      connect: () =>
        new Promise((resolve, reject) => {
          ami.on('error', reject)
          ami.connect(resolve)
        }),
      ping: () => new Promise((resolve) => ami.send({ Action: 'Ping', ActionID: `p${id++}` }, resolve)),
    }
  },
}
