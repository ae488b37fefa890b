import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Results, Row } from './results.ts'
import { figure } from './table.ts'

/** Writes docs/performance.md from the figures of a whole run: `npm --prefix bench run page [-- results.json]`. */
const BENCH = fileURLToPath(new URL('..', import.meta.url))

const FLOORS: Record<string, string> = {
  bytes: 'floor: message ends found in the bytes, nothing else',
  reused: 'the same in one buffer that every read fills again',
  plain: 'the plainest parse by hand, no client around it',
}

const grid = (head: readonly string[], body: readonly (readonly string[])[]): string => {
  const isFigure = head.map((name, i) => i > 0 && /^(median|per|of|x)/.test(name))
  const widths = head.map((_, i) => Math.max(3, ...[head, ...body].map((row) => row[i]!.length)))
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, i) => (isFigure[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, i) => (isFigure[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(head), line(rule), ...body.map(line)].join('\n')
}

const plain = (text: string): string => text.replaceAll('*', '\\*')

const label = (row: Row): string => (row.reader.startsWith('amiable') ? `**${plain(row.reader)}**` : row.reader)

/** One case with floors, peers and ours: everything beside the floor of the same run. */
const raceTable = (rows: readonly Row[], id: string): string => {
  const some = rows.filter((row) => row.id === id)
  if (some.length === 0) return '_not run_'
  const floors = [
    { heading: 'of the floor', value: some.find((row) => row.reader === 'bytes')?.value },
    { heading: 'of the reused buffer', value: some.find((row) => row.reader === 'reused')?.value },
  ].flatMap(({ heading, value }) => (value === undefined ? [] : [{ heading, value }]))
  const sorted = [...some].sort((a, b) => (b.value || 0) - (a.value || 0))
  return grid(
    ['reader', 'median', 'per cpu second', ...floors.map(({ heading }) => heading), 'spread', 'remark'],
    sorted.map((row) => [
      label(row),
      `${figure(row.value, row.unit)} ${row.unit}`,
      row.perCpu === undefined ? '' : figure(row.perCpu, row.unit),
      ...floors.map(({ value }) => (row.value / value).toFixed(2)),
      row.spread === undefined ? '' : `±${Math.round(row.spread * 50)} %`,
      [FLOORS[row.reader], row.note, row.check === 'WRONG' ? '**what was read differs**' : undefined]
        .filter(Boolean)
        .join('; '),
    ]),
  )
}

const listTable = (rows: readonly Row[], group: string): string =>
  grid(
    ['case', 'reader', 'median', 'remark'],
    rows
      .filter((row) => row.id.startsWith(`${group}/`))
      .map((row) => [
        row.id.slice(group.length + 1),
        label(row),
        `${figure(row.value, row.unit)} ${row.unit}`,
        row.note ?? '',
      ]),
  )

const flatTable = (rows: readonly Row[]): string => {
  const sizes = ['10', '100', '1000', '10000']
  return grid(
    ['what grows', ...sizes.map((size) => `x ${Number(size).toLocaleString('en')}`)],
    ['names', 'listeners', 'pending'].map((what) => [
      { names: 'different event names', listeners: 'listeners by name', pending: 'pending actions' }[what]!,
      ...sizes.map((size) => {
        const row = rows.find(({ id }) => id === `flatness/${what}@${size}`)
        return row === undefined ? '' : `${figure(row.value, row.unit)} ns`
      }),
    ]),
  )
}

const section = (title: string, ...text: string[]): string => [`## ${title}`, ...text].join('\n\n')

const page = (results: Results): string => {
  const { rows, machine, settings, corpus } = results
  const race = (title: string, id: string): string => `### ${title}\n\n${raceTable(rows, id)}`
  return [
    '# Performance',
    '<!-- written by bench/src/page.ts from bench/results/latest.json; do not edit by hand -->',
    `Measured ${results.when.slice(0, 10)} on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.platform}${settings.pinned ? ', server and reader held to a core each' : ''}. ` +
      `Medians of ${settings.rounds} rounds of about ${settings.seconds} s; every reader is a process of its own, and they take turns. ` +
      `The events are a capture from Asterisk 22: ${corpus.events.toLocaleString('en')} of them, ${Math.round(corpus.bytes / corpus.events)} bytes each, UTF-8 in the names, poured through a loopback socket by another process. ` +
      'Every case checks what was read (counts and a sum over the values) against the plain reading.',
    section(
      'Targets',
      grid(
        ['what', 'wanted', 'got', ''],
        results.targets.map(({ text, wanted, got, reached }) => [
          plain(text),
          wanted,
          got,
          reached === undefined ? 'not run' : reached ? 'reached' : '**not reached**',
        ]),
      ),
    ),
    ...(remarks === '' ? [] : [section('What is not reached, and where the time goes', remarks)]),
    section(
      'Events',
      race("`on('*')` reading three headers", 'events/three'),
      race('The same in chunks of 1,460 bytes', 'events/three@1460'),
      race('The same through typed properties', 'events/typed'),
      race('Every header read (`toJSON()`; peers always read every header)', 'events/json'),
      race('One rare event wanted of all', 'events/rare'),
      race('Ten listeners with predicates', 'events/predicates'),
      race('`events()` iterator', 'events/iterator'),
      race('A fleet of ten servers', 'events/fleet'),
    ),
    section(
      'Actions',
      race('Ping, one at a time, bare server', 'actions/bare@1'),
      race('Ping, 64 in flight, bare server', 'actions/bare@64'),
      race('Ping, 1,000 in flight, bare server', 'actions/bare@1000'),
      race('Ping, one at a time, Asterisk 22', 'actions/asterisk@1'),
      race('Ping, 64 in flight, Asterisk 22', 'actions/asterisk@64'),
      race('Ping, 1,000 in flight, Asterisk 22', 'actions/asterisk@1000'),
    ),
    section('Lists', listTable(rows, 'lists')),
    section('Memory', listTable(rows, 'memory')),
    section('Start', listTable(rows, 'start')),
    section(
      'Live state',
      'A model of 10,000 channels in 5,000 bridges, 50 queues and 1,000 members; milliseconds are of processor time.',
      race('Events folded in process', 'state/fold'),
      race('A mixed stream through a socket', 'state/stream'),
      race('The captured stream through a socket', 'state/captured'),
      listTable(rows, 'state'),
    ),
    section(
      'The command',
      'Whole processes, from their start to their end. Starts are the quickest of 41 runs in turns.',
      listTable(rows, 'command'),
    ),
    section('Flatness', 'Cost of an event as the number of things around it grows.', flatTable(rows)),
    section(
      'Running it again',
      '```sh\nnpm ci && npm run build\nnpm run bench                                    # everything; writes bench/results/latest.json\nnpm run bench -- events/three --only=bytes,amiable,yana --rounds=3\nnpm run bench -- actions --asterisk=user:secret@host:5038\nnpm --prefix bench run page                      # this page from the JSON\n```',
      '`npm run bench -- --help` names the cases and the options. A part of a run goes to `bench/results/local/` and leaves these figures alone.',
    ),
  ].join('\n\n')
}

// written by hand beside the figures that it speaks of
const remarksFile = join(BENCH, 'results/remarks.md')
const remarks = existsSync(remarksFile) ? readFileSync(remarksFile, 'utf8').trim() : ''
const input = resolve(process.argv[2] ?? join(BENCH, 'results/latest.json'))
const output = resolve(process.argv[3] ?? join(BENCH, '../docs/performance.md'))
mkdirSync(dirname(output), { recursive: true })
writeFileSync(output, `${page(JSON.parse(readFileSync(input, 'utf8')) as Results)}\n`)
console.log(`${output} written`)
