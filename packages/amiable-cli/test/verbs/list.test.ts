import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const users = { frank: 'lean' }
const [server, second] = await Promise.all([startServer({ users }), startServer({ users, asterisk: 16 })])
for (const [name, caller] of [
  ['PJSIP/100-0000002a', 'Ann'],
  ['PJSIP/200-0000002b', 'Ben\x1b[2J'],
] as const) {
  server.channels.create({
    name,
    callerIdName: caller,
    callerIdNum: name.slice(6, 9),
    exten: '200',
    context: 'default',
  })
}
const line = new CommandLine({
  pbx1: { port: server.port, username: 'frank', secret: 'lean' },
  pbx2: { port: second.port, username: 'frank', secret: 'lean' },
})
after(async () => {
  line[Symbol.dispose]()
  await Promise.all([server.close(), second.close()])
})
const list = async (...args: string[]) => {
  const { code, stdout, stderr } = await line.run(['list', ...args])
  return { code, stdout, stderr, lines: stdout.trimEnd().split('\n') }
}

test('channels are a table, and a hostile name is text', async () => {
  const { code, stdout, lines } = await list('channels')
  assert.equal(code, 0)
  assert.match(lines[0] ?? '', /^CHANNEL +STATE +SINCE +CALLER +CONNECTED +WHERE +APPLICATION$/)
  assert.match(stdout, /^PJSIP\/100-0000002a .* Ann <100> +200@default:1/m)
  assert.ok(stdout.includes('Ben\\x1b[2J <200>'))
})

test('-w, --sort, --limit and -s choose rows and columns', async () => {
  assert.deepEqual((await list('channels', '-w', 'CallerIDNum>100', '-o', 'name')).lines, ['PJSIP/200-0000002b'])
  assert.deepEqual((await list('channels', '--sort', '-CallerIDNum', '-o', 'name', '--limit', '1')).lines, [
    'PJSIP/200-0000002b',
  ])
  assert.deepEqual((await list('channels', '--limit', '1', '-s', 'source,CallerIDNum', '-o', 'csv')).lines, [
    'source,CallerIDNum',
    'pbx1,100',
  ])
})

test('json is one document, jsonl one a row, with the headers under data', async () => {
  const document = JSON.parse((await list('channels', '--json')).stdout)
  const lines = (await list('channels', '-o', 'jsonl')).lines.map((one) => JSON.parse(one))
  assert.deepEqual(
    document.map((row: { data: { Channel: string } }) => row.data.Channel),
    lines.map((row) => row.data.Channel),
  )
  assert.deepEqual([lines[0].source, lines[0].epoch, lines[1].data.CallerIDName], ['pbx1', 1, 'Ben\x1b[2J'])
})

test('csv and tsv have every header, also where there is no row', async () => {
  const [csv, tsv, none] = await Promise.all([
    list('channels', '-o', 'csv'),
    list('channels', '-o', 'tsv'),
    list('parked', '-o', 'csv'),
  ])
  const titles = csv.lines[0]?.split(',') ?? []
  assert.deepEqual(tsv.lines[0]?.split('\t'), titles)
  assert.ok(titles.includes('Uniqueid') && titles.includes('Linkedid'))
  assert.equal(csv.lines.length, 3)
  assert.deepEqual([none.code, none.lines.length, none.stderr], [0, 1, 'no parked\n'])
})

test('no rows are exit status 0, and with --fail-empty 1', async () => {
  const [plain, failing] = await Promise.all([list('conferences'), list('conferences', '--fail-empty')])
  assert.deepEqual([plain.code, plain.stdout, plain.stderr], [0, '', 'no conferences\n'])
  assert.equal(failing.code, 1)
})

test('a list action without a short name shows what its rows have', async () => {
  const { lines } = await list('QueueStatus')
  assert.match(lines[0] ?? '', /^Event +Queue/)
})

test('of several servers each row says its own', async () => {
  const { lines } = await list('-A', 'queues')
  assert.match(lines[0] ?? '', /^SOURCE +QUEUE/)
  assert.ok(lines.some((one) => one.startsWith('pbx1 ')) && lines.some((one) => one.startsWith('pbx2 ')))
})

test('without a name the lists are listed', async () => {
  const { code, lines } = await list()
  assert.deepEqual([code, lines[1]?.split(/ +/)], [0, ['channels', 'CoreShowChannels']])
})

for (const [args, code, says] of [
  [['chanels'], 2, /there is no list chanels; did you mean channels\?/],
  [['queues', 'Queu=x'], 2, /QueueSummary has no parameter Queu; did you mean Queue\?/],
  [['channels', '-w', 'Duration>long'], 2, /-w cannot read Duration>long/],
  [['channels', '-s', 'a,,b'], 2, /--select .*It must be names/],
  [['channels', '--limit', '0'], 2, /--limit .*It must be a whole number from 1/],
  [['peers'], 1, /pbx1: SIPpeers was refused/],
] as const) {
  test(`exit status ${code}: list ${args.join(' ')}`, async () => {
    const ran = await list(...args)
    assert.deepEqual([ran.code, ran.stdout], [code, ''])
    assert.match(ran.stderr, says)
  })
}
