import { load, lower, type Peer, type PeerClient } from './peer.ts'

interface Manager {
  on(name: string, handler: (event: Record<string, unknown>) => void): void
  connect(port: number, host: string, callback: () => void): void
  login(callback: (error?: unknown) => void): void
  action(action: Record<string, string>, callback: (error: unknown, response: unknown) => void): string
  options: { username: string; password: string; events: boolean }
}

type Factory = (port: null, host: string, username: string, password: string, events: boolean) => Manager

export const asteriskManager: Peer<Record<string, unknown>> = {
  ...lower,
  open: (target): PeerClient<Record<string, unknown>> => {
    const ami = load<Factory>('asterisk-manager')(null, target.host, target.username, target.secret, true)
    let id = 0
    return {
      onAny: (handler) => ami.on('managerevent', handler),
      onName: (name, handler) => ami.on(name.toLowerCase(), handler),
      connect: () =>
        new Promise((resolve, reject) => {
          ami.connect(target.port, target.host, () => ami.login((error) => (error ? reject(error) : resolve())))
        }),
      ping: () =>
        new Promise((resolve, reject) => {
          // Its own ids are the millisecond; ours spare it the search for one that is free.
          ami.action({ action: 'ping', actionid: `p${id++}` }, (error, response) =>
            error ? reject(error) : resolve(response),
          )
        }),
    }
  },
}
