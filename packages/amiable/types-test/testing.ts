// Compiled and never run: amiable/testing names no client, and takes ours.
import type { Client } from '../src/index.ts'
import { expectEvents, record } from '../src/testing/index.ts'

declare const ami: Client

export async function testing(): Promise<void> {
  const recording = record(ami, 'events.jsonl.gz')
  await recording.stop()

  const [created, ended] = await expectEvents(ami, ['Newchannel', { Event: 'Hangup', Cause: 17, Channel: /^PJSIP/ }])
  const names: (string | undefined)[] = [created?.Event, ended?.get('Channel')]
  void names
  await expectEvents(ami, ['Hangup'], { within: 2_000, inOrder: false })

  // @ts-expect-error a pattern without its event
  await expectEvents(ami, [{ Cause: 17 }])
  // @ts-expect-error nothing that tells events
  record({}, 'events.jsonl')
}
