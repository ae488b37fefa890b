// What a connection sends and receives, with -vv the names and times, with -vvv everything but secrets.
import type { Client } from 'amiable'
import type { RecordedMessage } from 'amiable/testing'
import type { Io } from '../io.ts'
import { spell } from '../output/time.ts'
import { visible } from '../output/visible.ts'

// ActionIDs whose times are remembered
const MOST = 1_000

/** Prints on standard error what passes, until the client is closed. */
export async function showTraffic(io: Io, client: Client, verbose: number): Promise<void> {
  const { watchMessages } = await import('amiable/testing')
  const name = visible(client.name)
  const sent = new Map<string, { action: string; at: number }>()
  const watch = watchMessages(client, (message) => {
    const said = lineOf(message, sent)
    if (said === undefined) return
    const body = verbose < 3 ? [] : linesOf(message).map((line) => `    ${visible(line)}`)
    io.err.offer([`amiable: ${name}: ${visible(said)}`, ...body].join('\n'))
  })
  void client.closed.then(() => watch.stop()).catch(() => {})
}

function linesOf({ text }: RecordedMessage): string[] {
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
}

/** Returns `> Ping`, `< Success to Ping after 0.4 ms` or `< Hangup`. */
function lineOf(message: RecordedMessage, sent: Map<string, { action: string; at: number }>): string | undefined {
  const lines = linesOf(message)
  const header = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  if (message.direction === 'end') return undefined
  const id = header('ActionID') ?? ''
  if (message.direction === 'in') {
    const action = header('Action') ?? ''
    if (sent.size >= MOST) sent.clear()
    sent.set(id, { action, at: performance.now() })
    return `> ${action}`
  }
  const response = header('Response')
  if (response === undefined) return `< ${header('Event') ?? lines[0] ?? ''}`
  const asked = sent.get(id)
  sent.delete(id)
  return asked === undefined
    ? `< ${response}`
    : `< ${response} to ${asked.action} after ${spell(performance.now() - asked.at)}`
}
