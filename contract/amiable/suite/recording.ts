import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Client, type ClientOptions, connect, createClient } from 'amiable'
import { readRecording, record, replay } from 'amiable/testing'
import { nextEvent, optionsFor, overTls } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const OWN = 'RecordingOfAmiable'

/** A client's recording: whole, without the secret, and served again as it was. */
export function recording(target: Target): void {
  const { name } = target
  const ways: [way: string, options: Partial<ClientOptions>][] = [['TCP', {}]]
  if (target.tls !== undefined) ways.push(['TLS', overTls(target)])

  for (const [way, options] of ways) {
    test(`${name}: what a client records over ${way} is every byte but the secret, and replays`, async (context) => {
      const directory = mkdtempSync(join(tmpdir(), 'amiable-contract-'))
      context.after(() => rmSync(directory, { recursive: true, force: true }))
      const file = join(directory, 'recording.jsonl')
      // what a server that is not ours tells besides may hold secrets that are taken out
      const events = target.full ? 'on' : ['user']
      await using client = createClient(optionsFor(target, { ...options, auth: 'plain', events }))
      let first: readonly string[]
      {
        await using _ = record(client, file)
        await client.connect()
        first = await ask(client)
        const heard = nextEvent(client, 'UserEvent', (event) => event.get('UserEvent') === OWN)
        await client.sendRaw('UserEvent', { UserEvent: OWN, City: 'Zürich' })
        await heard
        await client.close()
      }

      const secrets = target.secret.length - '***'.length
      const bytes = { in: 0, out: 0, end: 0 }
      for await (const { direction, text } of readRecording(file)) bytes[direction] += text.length
      const { bytesRead, bytesWritten } = client.stats()
      assert.deepEqual(bytes, { in: bytesWritten - secrets, out: bytesRead, end: 0 })
      const text = readFileSync(file, 'utf8')
      assert.match(text, /Secret: \*\*\*\\r\\n/)
      assert.doesNotMatch(text, new RegExp(`: ${target.secret}\\\\r`))

      await using served = await replay(file, { begin: 'manual' })
      const { port } = served
      await using again = await connect({ host: '127.0.0.1', port, username: 'frank', secret: 'lean' })
      assert.deepEqual(await ask(again), first)
      const heard = nextEvent(again, 'UserEvent', (event) => event.get('UserEvent') === OWN)
      served.start()
      assert.equal((await heard).get('City'), 'Zürich')
    })
  }
}

/** An answer, a list, a command's lines and a refusal, as text without what belongs to one call. */
async function ask(client: Client): Promise<string[]> {
  const settings = await client.send('CoreSettings')
  const commands = await client.send('ListCommands')
  const queues = await client.sendRaw('QueueSummary', {}, { check: false })
  const version = await client.command('core show version')
  const refusal = await client.sendRaw('NoSuchActionAtAll', {}, { check: false })
  const headers = [settings, commands, queues, ...queues.events, refusal].flatMap((message) => [...message.headers])
  return [
    ...headers.filter(([header]) => header !== 'ActionID').map(([header, value]) => `${header}: ${value}`),
    ...version,
  ]
}
