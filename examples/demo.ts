// npm run demo: connect, ping, list channels, make a call and watch it. On a simulated Asterisk, or on your own.
// npm run demo -- agi: a caller in a voice menu. npm run demo -- cli: the command amiable. npm run demo -- gateway: NATS.
// npm run demo -- wallboard: the wallboard before a simulated call centre.
import { AmiError, type Client, connect } from 'amiable'
import { showCall } from './demo/call.ts'
import { showCommand } from './demo/command.ts'
import { showGateway } from './demo/gateway.ts'
import { showMenu } from './demo/menu.ts'
import { letThemTalk, openOffice } from './demo/office.ts'
import { type DemoOptions, OWN_SERVER, parseOptions, type Server, USAGE, UsageError } from './demo/options.ts'
import { askSecret } from './demo/secret.ts'
import { milliseconds, paint, step, table, under } from './demo/terminal.ts'
import { showWallboard } from './demo/wallboard.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort(signal))
// such as that of `npm run demo | head`, or of a full disk
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1
  interrupt.abort('the end of its output')
})

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) console.log(USAGE)
  else if (options.agi) await showMenu(interrupt.signal)
  else if (options.cli) await showCommand(interrupt.signal)
  else if (options.gateway) await showGateway(interrupt.signal)
  else if (options.wallboard) await showWallboard(interrupt.signal)
  else if (options.server) await onServer(options.server, options)
  else await onSimulator()
} catch (error) {
  if (interrupt.signal.aborted) console.log(`\nEnded by ${interrupt.signal.reason}; the connection was closed.`)
  else if (error instanceof UsageError) fail(`${error.message}\n\n${USAGE}`)
  else if (AmiError.is(error)) fail(`${error.code}: ${error.message}`)
  else throw error
}

async function onSimulator(): Promise<void> {
  await using office = await openOffice()
  step('start', `a simulated Asterisk on 127.0.0.1:${office.port}`)
  const account = { host: '127.0.0.1', port: office.port, username: 'demo', secret: 'demo' }
  const ami = await connect(account, interrupt)
  letThemTalk(office, ami)
  await tour(ami, { channel: 'PJSIP/anna', context: 'default', exten: 'ben' })
  console.log(`\n${paint('bold', 'The same on your own Asterisk:')}\n\n${OWN_SERVER}`)
}

async function onServer({ host, port, username, tls }: Server, { call }: DemoOptions): Promise<void> {
  const secret = await askSecret(username, interrupt.signal)
  await tour(await connect({ host, port, username, secret, tls }, interrupt), call)
}

async function tour(connected: Client, call: DemoOptions['call']): Promise<void> {
  await using ami = connected
  step('connect', `logged in to ${ami.name}  ${paint('dim', `AMI ${ami.version}`)}`)

  const asked = performance.now()
  const pong = await ami.send('Ping')
  step('ping', `${pong.Ping} in ${milliseconds(asked)}`)

  await listChannels(ami)
  interrupt.signal.throwIfAborted()
  if (call) await showCall(ami, call, interrupt.signal)
  else step('originate', paint('dim', 'nothing is dialled without --channel'))

  const { events, bytesRead } = ami.stats()
  await ami.close()
  step('close', `logged off  ${paint('dim', `${events} events, ${bytesRead} bytes read`)}`)
}

async function listChannels(ami: Client): Promise<void> {
  const most = 10
  const rows: string[][] = []
  let count = 0
  for await (const row of ami.list('CoreShowChannels')) {
    count++
    if (rows.length < most)
      rows.push([row.Channel, row.ChannelStateDesc, row.Application, row.Duration].map((x) => x ?? ''))
  }
  step('channels', count === 0 ? 'none up' : `${count} up`)
  if (rows.length > 0) table(['channel', 'state', 'application', 'since'], rows)
  if (count > most) under(paint('dim', `and ${count - most} more`))
}

function fail(text: string): void {
  console.error(text)
  process.exitCode = 1
}
