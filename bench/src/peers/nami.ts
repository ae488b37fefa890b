import { load, lower, type Peer, type PeerClient } from './peer.ts'

interface Client {
  on(name: string, handler: (event: Record<string, unknown>) => void): void
  open(): void
  send(action: unknown, callback: (response: { events: unknown[] }) => void): void
  logLevel: number
}

interface Module {
  Nami: new (options: { host: string; port: number; username: string; secret: string }) => Client
  Actions: { Ping: new () => unknown; CoreShowChannels: new () => unknown }
}

export const nami: Peer<Record<string, unknown>> = {
  ...lower,
  open: (target): PeerClient<Record<string, unknown>> => {
    const { Nami, Actions } = load<Module>('nami')
    const ami = new Nami(target)
    // It formats its debug lines whatever the level; that is its own cost, only the printing is off.
    ami.logLevel = 0
    return {
      onAny: (handler) => ami.on('namiEvent', handler),
      onName: (name, handler) => ami.on(`namiEvent${name}`, handler),
      connect: () =>
        new Promise((resolve, reject) => {
          ami.on('namiConnected', () => resolve())
          ami.on('namiLoginIncorrect', () => reject(new Error('login refused')))
          ami.open()
        }),
      ping: () => new Promise((resolve) => ami.send(new Actions.Ping(), resolve)),
      list: () =>
        new Promise((resolve) => ami.send(new Actions.CoreShowChannels(), ({ events }) => resolve(events.length - 1))),
    }
  },
}
