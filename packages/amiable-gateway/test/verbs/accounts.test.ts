// The verbs with the accounts that `init` writes: what looks on may look on, a team asks with its own user, and no other.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { natsBinary } from '../../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../../tools/servers/nats/nats.ts'
import { takePorts } from '../../../../tools/servers/nats/ports.ts'
import { GatewayCommand, RunningGateway } from '../../../../tools/testbed/gateway-command.ts'

const skip = (await natsObstacle()) ?? false
const TEAMS = ['GATEWAY_LOG', 'GATEWAY_ANSWERS', 'WALLBOARD', 'CRM', 'DIALER', 'BI', 'OPS']

test('a gateway, whoever looks on and two teams come to NATS by the accounts that init writes', { skip }, async () => {
  const closing: (() => unknown)[] = []
  after(async () => {
    for (const close of closing.reverse()) await close()
  })
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  closing.push(() => asterisk.close())
  const line = new GatewayCommand()
  closing.push(() => line[Symbol.dispose]())
  const held = await takePorts()
  closing.push(() => held.release())
  assert.equal((await line.run(['init', '.'])).code, 0)
  const address = `127.0.0.1:${held.ports[0]}`
  const store = JSON.stringify(`${line.folder}/store`)
  line.file(
    'nats.conf',
    `listen: "${address}"\njetstream { store_dir: ${store}, max_file_store: 1TB }\ninclude ./accounts.conf\n`,
  )
  const passwords = Object.fromEntries(TEAMS.map((team) => [`${team}_PASSWORD`, `pass-${team.toLowerCase()}`]))
  const words = ['--pdeathsig', 'KILL', await natsBinary('2.15'), '-c', 'nats.conf']
  const nats = spawn('setpriv', words, { cwd: line.folder, env: { PATH: process.env.PATH, ...passwords } })
  closing.push(() => nats.kill('SIGKILL'))
  const passwordOf = (team: string) => line.file(`${team}.password`, `pass-${team}\n`)
  const config = line.file(
    'with-nats.yaml',
    `gateway: { name: gw-a }
nats:
  servers: ["${address}"]
  user: gateway-log
  password: { file: ${passwordOf('gateway_log')} }
  answers: { user: gateway-answers, password: { file: ${passwordOf('gateway_answers')} } }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${line.file('secret', 'lean\n')} } }
actions: { classes: [read, message], trustRequestInfo: true }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
  )
  const gateway = new RunningGateway(line.start(['run', '-c', config]))
  closing.push(() => gateway.end())
  await gateway.writes()
  await gateway.said(({ msg }) => msg === 'acting session: ready')

  const as = (team: string, password = passwordOf(team)) => {
    const user = ['--nats', address, '--user', team, '--password-file', password]
    return (...given: string[]) => line.run([...given, ...user])
  }
  const ops = as('ops')
  const watched = [
    line.run(['watch', '-c', config, '--since', '2020-01-01', '-e', 'UserEvent', '-n', '1']),
    as('ops')('call', 'pbx1', 'UserEvent', 'UserEvent=Teams'),
  ]
  for (const { code, stderr } of await Promise.all(watched)) assert.equal(code, 0, stderr)
  const looked = await line.run(['status', '-c', config])
  assert.equal(looked.code, 0, looked.stderr)
  assert.match(looked.stdout, /^ {2}gw-a +writing, /m)
  assert.equal((await line.run(['verify', '-c', config])).code, 0)
  assert.equal((await line.run(['init', '-c', config, '--team', 'crm'])).code, 0)

  // a class that this team has not is nobody's, as far as it can see
  const elsewhere = await ops('call', 'pbx1', 'Hangup', 'Channel=x')
  assert.equal(elsewhere.code, 3, elsewhere.stderr)
  assert.match(elsewhere.stderr, /or this user may not ask for it\n {2}delivered: no\n$/)
  const wrong = await as('ops', passwordOf('wallboard'))('call', 'pbx1', 'Ping')
  assert.deepEqual([wrong.code, wrong.stdout], [4, ''])
  assert.match(wrong.stderr, /^amiable-gateway: NATS: Authorization Violation\n/)
  // the user that writes the logs asks for no action
  const log = await line.run(['call', 'pbx1', 'Ping', '-c', config])
  assert.equal(log.code, 1, log.stderr)
  assert.match(log.stderr, /Permissions Violation.*\n {2}amiable-gateway permissions prints what each user needs\.\n$/)
})
