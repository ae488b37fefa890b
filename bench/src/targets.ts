import { find, type Row, type Verdict } from './results.ts'

/** The peers from npm; what else stands in a table is a floor or ours. */
const PEERS = new Set(['ami-io', 'asterisk-manager', 'yana', 'nami', 'asterisk-ami-client'])

const fastestPeer = (rows: readonly Row[], id: string): Row | undefined =>
  rows
    .filter((row) => row.id === id && PEERS.has(row.reader) && !Number.isNaN(row.value))
    .sort((a, b) => b.value - a.value)[0]

const atLeast = (text: string, ours: Row | undefined, against: Row | undefined, wanted: number): Verdict => {
  const ratio = (ours?.value ?? Number.NaN) / (against?.value ?? Number.NaN)
  const told = wanted >= 2 ? ratio.toFixed(1) : ratio.toFixed(2)
  return {
    text: against === undefined ? text : `${text} (${against.reader})`,
    wanted: `>= ${wanted}`,
    got: Number.isNaN(ratio) ? '-' : told,
    reached: Number.isNaN(ratio) ? undefined : ratio >= wanted,
  }
}

/** A ratio that nobody has promised. */
const told = (text: string, ours: Row | undefined, against: Row | undefined): Verdict => ({
  ...atLeast(text, ours, against, 0),
  wanted: 'told only',
})

const below = (text: string, value: number | undefined, wanted: number, unit: string): Verdict => {
  const known = value !== undefined && !Number.isNaN(value)
  return {
    text,
    wanted: `< ${wanted} ${unit}`,
    got: known ? `${value.toFixed(1)} ${unit}` : '-',
    reached: known ? value < wanted : undefined,
  }
}

const atLeastOf = (text: string, ratio: number | undefined, wanted: number): Verdict => ({
  text,
  wanted: `>= ${wanted}`,
  got: ratio === undefined ? '-' : ratio.toFixed(2),
  reached: ratio === undefined ? undefined : ratio >= wanted,
})

/** Of readers that take turns: their neighbours in time are compared, not their medians. */
const ofAgi = (rows: readonly Row[]): Verdict[] => {
  const rate = find(rows, 'agi/rate@asterisk', 'amiable')?.extra
  const over = find(rows, 'agi/latency@asterisk', 'amiable')?.extra?.overFloorUs
  return [
    atLeastOf('AGI, 100 sessions of 20 commands: raw socket, by the clock', rate?.ofFloor, 0.85),
    atLeastOf('AGI, 100 sessions of 20 commands: raw socket, cpu time', rate?.ofFloorCpu, 0.85),
    below('AGI, one NOOP: over that of a raw socket', over, 20, 'µs'),
  ]
}

/** No growth: less than a hundredth of what is resident, which is what the sampling of the collector leaves open. */
const GROWTH_MB = 1.2

/** Of processor time: the machine that measures is seldom idle. */
const perCpu = (row: Row | undefined): Row | undefined => row && { ...row, value: row.perCpu ?? row.value }

const noMore = (text: string, value: number | undefined, wanted: number, unit: string): Verdict => ({
  ...below(text, value, wanted + 1e-9, unit),
  wanted: `<= ${wanted} ${unit}`,
})

const ofState = (rows: readonly Row[]): Verdict[] => {
  const of = (id: string): Row | undefined => find(rows, `state/${id}`, 'amiable/state')
  const atLeastPerSecond = (text: string, value: number | undefined, wanted: number): Verdict => ({
    text,
    wanted: `>= ${wanted.toLocaleString('en')}`,
    got: value === undefined || Number.isNaN(value) ? '-' : Math.round(value).toLocaleString('en'),
    reached: value === undefined || Number.isNaN(value) ? undefined : value >= wanted,
  })
  const stream = perCpu(of('stream'))
  return [
    atLeastPerSecond('state: events folded per cpu second', perCpu(of('fold'))?.value, 250_000),
    atLeastPerSecond('state: a mixed stream per cpu second', stream?.value, 150_000),
    atLeast('state: the stream', stream, perCpu(find(rows, 'state/stream', 'an empty listener')), 0.6),
    atLeast(
      'state: the captured stream',
      perCpu(of('captured')),
      perCpu(find(rows, 'state/captured', 'an empty listener')),
      0.6,
    ),
    noMore('state: a channel with its call and indexes', of('memory')?.value, 1_536, 'bytes'),
    noMore('state: first truth of 10,000 channels', of('first-truth')?.value, 2_000, 'ms'),
    noMore('state: its longest tick', of('longest-tick')?.value, 50, 'ms'),
    noMore('state: resync of 10,000 channels', of('resync')?.value, 100, 'ms'),
    noMore('state: what that tells', of('resync-told')?.value, 0, 'changes'),
    noMore('state: QueueStatus of 1,000 members', of('queue-status')?.value, 10, 'ms'),
    noMore('state: snapshot()', of('snapshot')?.value, 2, 'ms'),
    noMore('state: JSON of 10,000 channels', of('json')?.value, 10, 'ms'),
  ]
}

const ofCommand = (rows: readonly Row[]): Verdict[] => {
  const extra = (id: string, reader: string): Row['extra'] => find(rows, id, reader)?.extra
  const events = find(rows, 'command/events', 'amiable events -o jsonl')
  const top = find(rows, 'command/top', 'amiable top')
  const version = extra('command/start', 'amiable --version')
  const console = extra('command/asterisk', 'amiable -x')
  return [
    noMore('amiable --version over bare node, cpu time', version?.overCpuMs, 15, 'ms'),
    noMore('amiable -x on Asterisk 22 over bare node, cpu time', console?.overCpuMs, 40, 'ms'),
    {
      text: 'amiable events -o jsonl into a pipe, per cpu second',
      wanted: '>= 100,000',
      got: events?.perCpu === undefined ? '-' : Math.round(events.perCpu).toLocaleString('en'),
      reached: events?.perCpu === undefined ? undefined : events.perCpu >= 100_000,
    },
    noMore('its last quarter over the third', events?.extra?.growthMb, 8, 'MB'),
    noMore('amiable top, 200 calls: of a core', top?.value, 2, '%'),
    noMore('amiable top, 200 calls: resident', top?.extra?.rssMb, 75, 'MB'),
  ]
}

/** By processor time: whoever else is on the machine decides who waits. */
const ofEvents = (rows: readonly Row[]): Verdict[] => {
  const ours = (id: string): Row | undefined => perCpu(find(rows, id, 'amiable'))
  const of = (id: string, reader: string): Row | undefined => perCpu(find(rows, id, reader))
  const peer = (id: string): Row | undefined => fastestPeer(rows.map(perCpu) as readonly Row[], id)
  const [three, json, rare, predicates] = ['events/three', 'events/json', 'events/rare', 'events/predicates'] as const
  return [
    atLeast('three headers: the fastest peer', ours(three), peer(three), 11),
    atLeast('three headers: the bytes-only floor', ours(three), of(three, 'bytes'), 0.6),
    atLeast('three headers: the reused-buffer floor', ours(three), of(three, 'reused'), 0.42),
    atLeast('every header read: the fastest peer', ours(json), peer(json), 5),
    atLeast('every header read: the plain parse', ours(json), of(json, 'plain'), 2),
    told('every header read: the bytes-only floor', ours(json), of(json, 'bytes')),
    told('every header read: the reused-buffer floor', ours(json), of(json, 'reused')),
    atLeast('one rare event: the bytes-only floor', ours(rare), of(rare, 'bytes'), 1),
    told('one rare event: the reused-buffer floor', ours(rare), of(rare, 'reused')),
    atLeast('ten predicates: the fastest peer', ours(predicates), peer(predicates), 9),
    told('ten predicates: the bytes-only floor', ours(predicates), of(predicates, 'bytes')),
    told('ten predicates: the reused-buffer floor', ours(predicates), of(predicates, 'reused')),
    atLeast(
      'three headers over TLS: our own without the scan',
      ours('events/three@tls'),
      of('events/three@tls', 'careful'),
      1,
    ),
    atLeast('three headers in pieces of 1,460 bytes: our own in 64 KiB', ours('events/three@1460'), ours(three), 0.5),
  ]
}

export const judge = (rows: readonly Row[]): Verdict[] => {
  const ours = (id: string): Row | undefined => find(rows, id, 'amiable')
  const floor = (id: string): Row | undefined => find(rows, id, 'bytes')
  const memory = ours('memory/ten-million')
  return [
    ...ofEvents(rows),
    atLeast(
      "events(): our own on('*')",
      find(rows, 'events/iterator', 'amiable events()'),
      find(rows, 'events/iterator', "amiable on('*')"),
      0.6,
    ),
    atLeast(
      'Ping, 64 in flight, real Asterisk: raw socket',
      ours('actions/asterisk@64'),
      floor('actions/asterisk@64'),
      0.85,
    ),
    atLeastOf('Ping, one at a time, real Asterisk: raw socket', ours('actions/asterisk@1')?.extra?.ofFloor, 0.9),
    below('a million rows through list: growth', ours('lists/million')?.value, 32, 'MB'),
    noMore('an idle client, of the first thousand', ours('memory/idle-client')?.value, 20, 'kB'),
    noMore('an idle client, beside two thousand others', ours('memory/next-idle-client')?.value, 20, 'kB'),
    below('ten million events: resident', memory?.value, 120, 'MB'),
    below('ten million events: growth over the second half', memory?.extra?.secondHalfMb, GROWTH_MB, 'MB'),
    below("import 'amiable' over bare node", ours('start/import')?.extra?.overMs, 25, 'ms'),
    ...ofAgi(rows),
    ...ofState(rows),
    ...ofCommand(rows),
  ]
}
