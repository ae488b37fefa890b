// Compiled and never run: what people write of themselves. A typed event is an event, a typed response a response.
import type { AmiEvent, Client, RawResponse } from '../src/index.ts'

declare const ami: Client

const seen: string[] = []
function log(event: AmiEvent): void {
  seen.push(event.Event, event.Uniqueid ?? '')
}

export async function natural(): Promise<void> {
  ami.on('Hangup', log)
  ami.on(['Hangup', 'Newchannel'], (event) => log(event))
  for await (const row of ami.list('CoreShowChannels')) log(row)
  for await (const event of ami.events(['QueueCallerJoin', 'AgentConnect'])) log(event)
  const reply = await ami.send('QueueStatus')
  const rows: readonly AmiEvent[] = reply.events
  const mutable: AmiEvent[] = reply.events
  const pong: RawResponse = await ami.send('Ping')
  if (reply.completion) log(reply.completion)
  const answers: Map<string, RawResponse> = new Map()
  answers.set('pbx1', await ami.send('CoreStatus'))
  void [rows, mutable, pong]

  // an event narrowed by its name fits too
  const handlers: Record<string, (event: AmiEvent) => void> = { Hangup: log }
  ami.on('*', (event) => handlers[event.Event]?.(event))

  // @ts-expect-error a typo is found all the same
  ami.on('Hangup', (event) => event.Cuase)
  // @ts-expect-error a typo of a reply too
  pong.timestmp
}
