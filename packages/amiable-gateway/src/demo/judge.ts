// Another session that knows no gateway, and what it says of the log.
import { type AmiEvent, connect } from 'amiable'

/** Everything that a gateway asks for by default. */
const CLASSES = ['system', 'call', 'agent', 'user', 'cdr', 'cc', 'security']

/** A line of `watch -o json`: an event of the log, or a gap. */
export interface Stored {
  readonly seq?: number
  readonly event: string
  readonly data: Readonly<Record<string, string>>
}

/** What is stored beside what was received. */
export interface Verdict {
  readonly count: number
  readonly missing: number
  readonly twice: number
  readonly isOrdered: boolean
}

/** Opens a session that receives what the gateways receive. */
export async function openJudge(port: number, signal: AbortSignal) {
  const ami = await connect({ port, username: 'demo', secret: 'demo', events: CLASSES }, { signal })
  const heard: string[] = []
  ami.on('*', (event: AmiEvent) => heard.push(JSON.stringify(event.toJSON())))
  return { heard, close: () => ami.close() }
}

/** Compares what a session received between two marks with what is stored between them. */
export function compared(heard: readonly string[], stored: readonly Stored[]): Verdict {
  const truth = between(heard)
  const log = between(stored.filter(({ event }) => event !== undefined).map(({ data }) => JSON.stringify(data)))
  const left = [...log]
  let missing = 0
  for (const one of truth) {
    const at = left.indexOf(one)
    if (at < 0) missing++
    else left.splice(at, 1)
  }
  const isOrdered = truth.every((one, at) => one === log[at])
  return { count: truth.length, missing, twice: left.length, isOrdered }
}

/** Throws where there are no marks: what was not compared must not look whole. */
function between(all: readonly string[]): readonly string[] {
  const [first, last] = [all.findIndex(isMark('begin')), all.findLastIndex(isMark('end'))]
  if (first < 0 || last < first) throw new Error('a mark of the demo is missing')
  return all.slice(first, last + 1)
}

function isMark(name: string): (json: string) => boolean {
  return (json) => json.includes(`"UserEvent":"Demo"`) && json.includes(`"Mark":"${name}"`)
}
