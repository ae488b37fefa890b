// npm --prefix bench run rivals: other people's clients log in to the simulator, act on it and hear its events.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Target } from './job.ts'
import { amiIo } from './peers/ami-io.ts'
import { asteriskAmiClient } from './peers/asterisk-ami-client.ts'
import { asteriskManager } from './peers/asterisk-manager.ts'
import { nami } from './peers/nami.ts'
import type { Peer } from './peers/peer.ts'
import { yana } from './peers/yana.ts'
import { loadTesting, type SimulatedAsterisk } from './testing-api.ts'

const PATIENCE = 10_000

const rivals: Readonly<Record<string, Peer<Record<string, unknown>>>> = {
  'asterisk-manager': asteriskManager as Peer<Record<string, unknown>>,
  'asterisk-ami-client': asteriskAmiClient as Peer<Record<string, unknown>>,
  nami: nami as Peer<Record<string, unknown>>,
  'ami-io': amiIo as Peer<Record<string, unknown>>,
  yana: yana as Peer<Record<string, unknown>>,
}

/** What a rival has to tell its parent. */
type Told = { readonly did: 'login' | 'act' } | { readonly did: 'hear'; readonly channel: string }

interface Row {
  readonly name: string
  readonly asterisk: number
  readonly login: string
  readonly act: string
  readonly hear: string
  readonly ok: boolean
}

/** One rival, in a process of its own: what it throws outside of any promise is its own end. */
async function compete(name: string, target: Target): Promise<void> {
  const rival = rivals[name]
  if (rival === undefined) throw new Error(`no rival ${name}`)
  const tell = (told: Told): void => void process.send?.(told)
  const client = rival.open(target)
  client.onAny((event) => {
    if (rival.fields.event(event) !== 'Newchannel') return
    tell({ did: 'hear', channel: String(rival.fields.get(event, 'Channel')) })
  })
  await client.connect()
  tell({ did: 'login' })
  await client.ping()
  if (client.list !== undefined) await client.list()
  tell({ did: 'act' })
}

/** Plays one rival against one simulator, which keeps the books. */
async function judge(name: string, asterisk: 16 | 22): Promise<Row> {
  const { startServer } = await loadTesting()
  const server = await startServer({ asterisk, users: { frank: 'lean' } })
  const target: Target = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  const child = fork(fileURLToPath(import.meta.url), [name, JSON.stringify(target)], { silent: true })
  const seen = { login: false, act: false, hear: false }
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => {
    errors += text
  })
  const late = setTimeout(() => child.kill(), PATIENCE)
  child.on('message', (told: Told) => {
    if (told.did !== 'hear') seen[told.did] = true
    else if (told.channel.startsWith('PJSIP/rival-')) seen.hear = true
    if (told.did === 'act') ring(server)
    if (seen.hear) child.kill()
  })
  await once(child, 'exit')
  clearTimeout(late)
  // a client that only believes it has acted does not get by
  const executed = (action: string): boolean =>
    server.calls.some((call) => call.name.toLowerCase() === action && call.outcome === 'executed')
  const acted = ['ping', 'coreshowchannels'].filter(executed)
  await server.close()
  const ok = seen.login && seen.act && seen.hear && executed('login') && acted.includes('ping')
  const why =
    errors
      .trim()
      .split('\n')
      .find((line) => /Error/.test(line)) ?? 'no'
  return {
    name,
    asterisk,
    login: seen.login ? 'yes' : why,
    act: seen.act ? acted.join(', ') : why,
    hear: seen.hear ? 'Newchannel' : why,
    ok,
  }
}

function ring(server: SimulatedAsterisk): void {
  const channel = server.channels.create({ name: 'PJSIP/rival-00000001' })
  server.channels.hangup(channel)
}

function print(rows: readonly Row[]): void {
  const table = [
    ['client', 'simulated', 'logs in', 'acts', 'hears', ''],
    ...rows.map((row) => [
      row.name,
      `Asterisk ${row.asterisk}`,
      row.login,
      row.act,
      row.hear,
      row.ok ? 'ok' : 'FAILED',
    ]),
  ]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)))
  for (const cells of table)
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
}

const [name, target] = process.argv.slice(2)
if (name !== undefined && target !== undefined) await compete(name, JSON.parse(target) as Target)
else {
  const rows: Row[] = []
  for (const rival of Object.keys(rivals))
    for (const version of [22, 16] as const) rows.push(await judge(rival, version))
  print(rows)
  if (!rows.every(({ ok }) => ok)) process.exitCode = 1
}
