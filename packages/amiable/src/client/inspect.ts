import type { State } from '../link/machine.ts'
import { lacksScanner } from '../wire/inbox.ts'

/** The name of the method that `console.log` asks. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

// a fleet may be large, and so may a list of names
const MOST = 16

interface Described {
  readonly name: string
  readonly state: State
  readonly version: string
  readonly epoch: number
}

/**
 * Says where a client stands, as in `Client pbx1:5038 ready (AMI 11.0.0, login 2), 3 listeners, 1 call in flight`, and
 * whether its process reads without the scan, which takes half as long again.
 */
export function clientText({ name, state, version, epoch }: Described, listeners: number, calls: number): string {
  const login = epoch === 0 ? '' : ` (AMI ${version}, login ${epoch})`
  return `Client ${name} ${state}${login}, ${count(listeners, 'listener')}, ${count(calls, 'call')} in flight${withoutScan()}`
}

function withoutScan(): string {
  return lacksScanner() ? ', read without the scan (no WebAssembly, or no room for it)' : ''
}

/** Says where the members of a fleet stand. */
export function fleetText(members: readonly Described[], listeners: number, calls: number): string {
  const states = shortened(members.map(({ name, state }) => `${name} ${state}`))
  const shown = members.length === 0 ? '' : ` (${states})`
  const size = count(members.length, 'member')
  return `Fleet of ${size}${shown}, ${count(listeners, 'listener')}, ${count(calls, 'call')} in flight`
}

/** Says which listener it is, and of which events. */
export function listenerText(id: string, names: ReadonlySet<string> | undefined, predicate: unknown): string {
  const all = predicate === undefined ? 'every event' : 'the events that its predicate takes'
  return `Listener ${id} of ${names === undefined ? all : shortened([...names])}`
}

function shortened(words: readonly string[]): string {
  const more = words.length > MOST ? ` and ${words.length - MOST} more` : ''
  return words.slice(0, MOST).join(', ') + more
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
