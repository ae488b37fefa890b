// The live screens, on a terminal with keys: what they show at three sizes, and that the terminal is itself afterwards.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../tools/testbed/tmux.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const world = {
  users: { frank: 'lean' },
  queues: {
    sales: { members: [{ interface: 'PJSIP/300', name: 'Ann' }] },
    support: { members: [{ interface: 'PJSIP/301', name: 'Ben', penalty: 2 }] },
  },
}
const server = await startServer(world)
const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account })
const env = line.named()
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const { channels, queues } = server
const caller = { name: 'PJSIP/100-0000002a', callerIdNum: '100', callerIdName: 'Ann\x1b[2J', exten: '200' }
channels.create(caller)
channels.create({ name: 'PJSIP/101-0000002b', callerIdNum: '101', callerIdName: '田中', exten: '201' })
queues.join('sales', channels.create({ name: 'PJSIP/102-0000002c', callerIdNum: '102', callerIdName: 'Cem' }))
queues.pause('support', 'PJSIP/301', true, 'lunch')

/** Times differ each time. */
const lasting = (screen: string) =>
  screen
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'HH:MM:SS')
    .replace(/\b\d\d:\d\d\b/g, 'MM:SS')
    .replace(/events \d+\/s/g, 'events N/s')
const isLive = (screen: string) => /^pbx1 {2}live/.test(screen)

test('top at 120 columns shows calls, with what a caller says as text', { skip }, async () => {
  await using terminal = await Terminal.open(env, 120, 40)
  await terminal.type('amiable top')
  assert.equal(
    lasting(await terminal.shows(isLive)),
    [
      'pbx1  live  calls 3  peak 3  events N/s  lost 0  HH:MM:SS',
      '[1 calls] 2 channels  3 queues  4 bridges   3  / filter  q quit',
      'SINCE  STATE     FROM              TO   AT               TALK  LEGS',
      'MM:SS  dialling  Ann\\x1b[2J <100>  200  200@default               1',
      'MM:SS  dialling  田中 <101>        201  201@default               1',
      'MM:SS  waiting   Cem <102>              Queue(sales) #1           1',
    ].join('\n'),
  )
})

test('top at 80 columns: its views, what is looked for, and q gives the terminal back', { skip }, async () => {
  await using terminal = await Terminal.open(env, 80, 24)
  await terminal.type('amiable top --view channels')
  const shown = await terminal.shows((screen) => screen.includes('[2 channels]'))
  assert.match(shown, /PJSIP\/102-0000002c +Ring/)
  await terminal.press('/')
  await terminal.press('c', 'e', 'm', 'Enter')
  const found = await terminal.shows((screen) => screen.includes('1 of 3  / cem  q quit'))
  assert.doesNotMatch(found, /PJSIP\/100/)
  await terminal.press('Escape')
  await terminal.shows((screen) => screen.includes('PJSIP/100'))
  await terminal.press('3')
  const board = lasting(await terminal.shows((screen) => screen.includes('[3 queues]')))
  assert.equal(
    board.split('\n').slice(2).join('\n'),
    [
      'sales  waiting 1  longest MM:SS  free 1  talking 0  paused 0  of 1  done 0  los…',
      '  #1 MM:SS  Cem <102>',
      '  AGENT  STATE  FOR  CALLS  LAST  PENALTY  WHY',
      '  Ann    ready           0              0',
      'support  waiting 0  free 0  talking 0  paused 1  of 1  done 0  lost 0',
      '  AGENT  STATE     FOR  CALLS  LAST  PENALTY  WHY',
      '  Ben    paused  MM:SS      0              2  lunch',
    ].join('\n'),
  )
  await terminal.press('q')
  // what stood there before is there again
  const back = await terminal.shows((screen) => /\$$/.test(screen))
  assert.equal(back, '$ amiable top --view channels\n$')
  await terminal.type('echo typed and seen; stty -a | grep -o " echo "')
  await terminal.shows((screen) => /^typed and seen\n echo/m.test(screen))
})

test('top on a terminal of 40 columns and 10 rows, and on one that grows', { skip }, async () => {
  await using terminal = await Terminal.open(env, 40, 10)
  await terminal.type('amiable top')
  const small = (await terminal.shows(isLive)).split('\n')
  assert.ok(small.length <= 10 && small.some((row) => row.includes('…')), small.join('\n'))
  await terminal.resize(120, 30)
  await terminal.shows((screen) => screen.includes('Queue(sales) #1'))
})

test('^Z, fg, ^C and SIGTERM leave the screen as somebody expects', { skip }, async () => {
  await using terminal = await Terminal.open(env, 100, 24)
  await terminal.type('amiable top')
  await terminal.shows(isLive)
  await terminal.press('C-z')
  await terminal.shows((screen) => /Stopped +amiable top\n\$$/.test(screen))
  await terminal.type('fg')
  await terminal.shows(isLive)
  await terminal.press('C-c')
  await terminal.shows((screen) => /\$$/.test(screen))
  await terminal.type('echo status $?; amiable top & fg')
  await terminal.shows(isLive)
  await terminal.press('C-z')
  await terminal.shows((screen) => screen.includes('status 0') && /Stopped +amiable top\n\$$/.test(screen))
  await terminal.type('kill -TERM %1; fg')
  await terminal.shows((screen) => !isLive(screen) && /fg\namiable top\n(?:.*\n)*\$$/.test(screen))
})

test('a lost connection greys the board and says so, until it is there again', { skip }, async () => {
  const first = await startServer(world)
  first.channels.create(caller)
  using other = new CommandLine({ pbx1: { ...account, port: first.port } })
  await using terminal = await Terminal.open({ ...env, HOME: other.home }, 100, 24)
  await terminal.type('amiable top')
  await terminal.shows((screen) => screen.includes('calls 1'))
  await first.close()
  const stale = await terminal.shows((screen) => screen.includes('CONNECTION LOST'))
  assert.match(lasting(stale), /^pbx1 {2}CONNECTION LOST: this is how it was at HH:MM:SS\n/)
  // the last that is known stays
  assert.match(stale, /Ann\\x1b\[2J <100>/)
  await using second = await startServer({ ...world, port: first.port })
  assert.equal(second.port, first.port)
  await terminal.shows((screen) => screen.includes('calls 0'))
})

test('queue --watch is such a screen', { skip }, async () => {
  await using terminal = await Terminal.open(env, 100, 24)
  await terminal.type('amiable queue sales --watch')
  const shown = await terminal.shows((screen) => screen.startsWith('pbx1  live  q leaves'))
  assert.match(lasting(shown), /\nsales {2}waiting 1 {2}longest MM:SS .*\n {2}#1 MM:SS {2}Cem <102>\n/)
  assert.doesNotMatch(shown, /support/)
  queues.pause('sales', 'PJSIP/300', true, 'coffee')
  await terminal.shows((screen) => /Ann +paused .* coffee/.test(screen))
  await terminal.press('q')
  await terminal.shows((screen) => /\$$/.test(screen))
})
