// Methods by the names that other libraries give them: their errors name the right one.
import { invalid } from '../errors.ts'

const ON = 'use on(filter, handler)'
const ONCE = 'use on(filter, handler, { once: true })'
const OFF = 'use remove() of what on() gave, or removeListener(listener.id)'
const SEND = "use send(action, params), as in send('QueueStatus', { Queue })"
const CLOSE = 'use close()'

const ofBoth: Readonly<Record<string, string>> = {
  once: ONCE,
  addListener: ON,
  addEventListener: ON,
  subscribe: ON,
  prependListener: ON,
  off: OFF,
  removeEventListener: OFF,
  removeAllListeners: OFF,
  unsubscribe: OFF,
  emit: 'events come from the server; in a test use emit() of a simulated one',
  disconnect: CLOSE,
  end: CLOSE,
  quit: CLOSE,
  logoff: CLOSE,
  logout: CLOSE,
}

/** Methods that a client has under another name. */
export const OF_CLIENT: Readonly<Record<string, string>> = {
  ...ofBoth,
  action: SEND,
  sendAction: SEND,
  execute: SEND,
  write: SEND,
  login: 'use connect()',
  open: 'use connect()',
  keepConnected: 'it reconnects by itself, as the option reconnect says',
  connected: "use state === 'ready'",
  isConnected: "use state === 'ready'",
  ping: "use send('Ping')",
}

const MEMBER = 'use broadcast(action, params), or that of a member, as in get(name)'

/** Methods that a fleet has under another name, or that its members have. */
export const OF_FLEET: Readonly<Record<string, string>> = {
  ...ofBoth,
  ...Object.fromEntries(
    ['send', 'sendRaw', 'list', 'listRaw', 'command', 'originate', 'action'].map((name) => [name, MEMBER]),
  ),
}

/** Gives a class methods of these names, which say what to use in their place. No type knows them, and no loop finds them. */
export function refuseOtherNames(prototype: object, names: Readonly<Record<string, string>>): void {
  for (const [name, instead] of Object.entries(names)) {
    const value = () => {
      throw invalid(`${name}()`, `is unknown: ${instead}`)
    }
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
  }
}
