// Which call is meant: by an id, the name of a channel, or a number.
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { idsOf, Kinship } from './kinship.ts'
import type { CallEvent } from './ladder.ts'

/** A call that may be meant. */
export interface Candidate {
  /** The id under which it is shown: the Linkedid that it began with. */
  readonly id: string
  /** Milliseconds; `undefined` where no times are known. */
  readonly startedAt: number | undefined
  readonly ids: ReadonlySet<string>
  /** The names of its channels. */
  readonly channels: readonly string[]
  readonly numbers: ReadonlySet<string>
  /** Who is in it, as somebody reads it. */
  readonly parties: readonly string[]
}

/** Returns the newest call that is meant, or `undefined`. Without a wish every call is meant. */
export function chosenOf(calls: readonly Candidate[], which: string | undefined): Candidate | undefined {
  const meant = which === undefined ? calls : calls.filter((call) => isMeant(call, which))
  // in the order in which they began
  return meant.at(-1)
}

/** Makes the error for a call that is not there. */
export function noCall(which: string | undefined, hint: string): CliError {
  const message = which === undefined ? 'there is no call' : `there is no call with ${which}`
  return new CliError(message, { exit: EXIT.refused, code: 'NO_CALL', hints: [hint] })
}

function isMeant({ id, ids, channels, numbers }: Candidate, which: string): boolean {
  if (id === which || ids.has(which) || numbers.has(which)) return true
  return channels.some((name) => name === which || deviceOf(name) === which)
}

/** Returns the name of a channel without its serial: `PJSIP/100`. */
function deviceOf(name: string): string {
  const end = name.lastIndexOf('-')
  return end === -1 ? name : name.slice(0, end)
}

interface Found {
  readonly startedAt: number | undefined
  readonly id: string
  readonly channels: Set<string>
  readonly numbers: Set<string>
  readonly parties: Set<string>
}

// what a call is shown with; a conference has more
const MOST = 200

/** Finds the calls in the events of a recording. */
export class CallIndex {
  readonly #kin = new Kinship()
  readonly #found = new Map<string, Found>()

  take(event: CallEvent): void {
    const ids = idsOf(event)
    if (ids.length === 0) return
    const before = new Set(ids.map((id) => this.#kin.of(id)))
    const top = this.#kin.join(ids) as string
    let call = this.#found.get(top)
    for (const one of before) {
      const other = one === top ? undefined : this.#found.get(one)
      if (other === undefined) continue
      this.#found.delete(one)
      call = call === undefined ? other : merged(call, other)
      this.#found.set(top, call)
    }
    if (call === undefined) {
      // an event that only looks back at a call, such as its Cdr, begins none
      const name = event.get('Channel')
      if (name === undefined || event.get('Uniqueid') === undefined) return
      const id = event.get('Linkedid') || (ids[0] as string)
      call = { startedAt: event.at, id, channels: new Set(), numbers: new Set(), parties: new Set() }
      this.#found.set(top, call)
    }
    for (const prefix of ['', 'Dest']) {
      const get = (name: string) => event.get(`${prefix}${name}`) ?? ''
      const [channel, number, name] = [get('Channel'), get('CallerIDNum'), get('CallerIDName')]
      if (channel !== '' && call.channels.size < MOST) call.channels.add(channel)
      for (const one of [number, get('Exten'), get('ConnectedLineNum')]) {
        if (isKnown(one) && call.numbers.size < MOST) call.numbers.add(one)
      }
      const who = [name, number].find(isKnown)
      if (who !== undefined && call.parties.size < MOST) call.parties.add(who)
    }
  }

  /** Returns the calls in the order in which they began. */
  calls(): Candidate[] {
    const ids = new Map<string, Set<string>>()
    for (const id of this.#kin.ids()) {
      const top = this.#kin.of(id)
      const all = ids.get(top)
      if (all === undefined) ids.set(top, new Set([id]))
      else all.add(id)
    }
    const calls = [...this.#found].map(([top, { startedAt, id, channels, numbers, parties }]) => ({
      id,
      startedAt,
      ids: ids.get(top) ?? new Set<string>(),
      channels: [...channels],
      numbers,
      parties: [...parties],
    }))
    return calls.sort((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0))
  }
}

function isKnown(text: string): boolean {
  return text !== '' && text !== '<unknown>' && text !== 's'
}

function merged(one: Found, other: Found): Found {
  const first = (one.startedAt ?? 0) <= (other.startedAt ?? 0) ? one : other
  const both = <T>(a: Set<T>, b: Set<T>) => new Set([...a, ...b])
  return {
    startedAt: first.startedAt,
    id: first.id,
    channels: both(one.channels, other.channels),
    numbers: both(one.numbers, other.numbers),
    parties: both(one.parties, other.parties),
  }
}
