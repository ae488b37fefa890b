// No secret stands in what a gateway says: not in its log, not on its pages, not in the audit, not in an answer.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'
import { startServer } from 'amiable/testing'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { takePorts } from '../../../../tools/servers/nats/ports.ts'
import { FROM_SOURCES } from '../../../../tools/testbed/child.ts'

const skip = (await natsObstacle()) ?? false
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
// each stands in one place where a secret may stand
const SECRETS = {
  ofAsterisk: 'hush-asterisk-file',
  ofCommand: 'hush-asterisk-command',
  ofVariable: 'hush-asterisk-variable',
  ofNats: 'hush-nats-password',
  ofAnswers: 'hush-nats-answers',
  parameter: 'hush-parameter',
  variable: 'hush-channel-variable',
  key: 'hush-key',
  body: 'hush-broken-body',
}

test('a secret stands nowhere in what a gateway says', { skip }, async (t) => {
  const users = ['log', 'answers'].map(
    (name) => `{ user: ${name}, password: "${name === 'log' ? SECRETS.ofNats : SECRETS.ofAnswers}" }`,
  )
  const nats = await startNats('2.15', {
    configuration: `authorization { users: [${users.join(', ')}, { user: test, password: test }] }`,
  })
  t.after(() => nats.close())
  const asterisk = await startServer({ users: { gateway: SECRETS.ofAsterisk } })
  t.after(() => asterisk.close())
  const held = await takePorts()
  t.after(() => held.release())
  const listen = `127.0.0.1:${held.ports[0]}`
  const folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const asteriskAt = (secret: string) =>
    `{ host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: ${secret} }`
  const path = file(
    'gateway.yaml',
    `gateway: { name: gw-a }
nats:
  servers: [${nats.urls.map((url) => `"${url}"`).join(', ')}]
  user: log
  password: { file: ${file('nats', SECRETS.ofNats)} }
  answers: { user: answers, password: { env: ANSWERS_PASSWORD } }
asterisks:
  right: ${asteriskAt(`{ file: ${file('right', SECRETS.ofAsterisk)} }`)}
  command: ${asteriskAt(`{ command: "printenv HUSH_COMMAND" }`)}
  variable: ${asteriskAt('{ env: HUSH_VARIABLE }')}
actions: { classes: [read, call, message], contexts: [default] }
log: { maxBytes: 64MiB, keepBytes: 64MiB }
http: { listen: "${listen}" }
logger: { level: debug }
`,
  )
  const child = spawn(process.execPath, [...FROM_SOURCES, MAIN, 'run', '-c', path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ANSWERS_PASSWORD: SECRETS.ofAnswers,
      HUSH_COMMAND: SECRETS.ofCommand,
      HUSH_VARIABLE: SECRETS.ofVariable,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const gone = new Promise((resolve) => child.once('close', resolve))
  t.after(async () => {
    child.kill('SIGKILL')
    await gone
  })
  const connection = await connect({ servers: nats.urls, user: 'test', pass: 'test' })
  t.after(() => connection.close())
  const answers: string[] = []
  const ask = async (what: string, body: string) => {
    const set = headers()
    set.set('Amiable-Expires', String(Date.now() + 20_000))
    set.set('Amiable-Key', SECRETS.key)
    const answer = await connection
      .request(`ami.action.right.${what}`, body, { timeout: 5_000, headers: set })
      .catch(() => undefined)
    if (answer) answers.push(answer.string())
    return answer !== undefined
  }
  await until(() => ask('read.Ping', '{}'))
  const params = {
    Secret: SECRETS.parameter,
    Key: SECRETS.parameter,
    Channel: 'Local/x@default',
    Body: SECRETS.parameter,
  }
  for (const what of ['read.Ping', 'read.Login', 'never.Login', 'call.Originate', 'message.MessageSend', 'x.Y']) {
    await ask(what, JSON.stringify({ params, variables: { PIN: SECRETS.variable } }))
    await ask(what, `{"params": {"Secret": "${SECRETS.body}", `)
    await ask(what, JSON.stringify({ [SECRETS.body]: SECRETS.body, params: { a: { b: SECRETS.body } } }))
  }
  assert.ok(answers.length > 12, `${answers.length} answers`)
  const manager = await jetstreamManager(connection)
  const audit: string[] = []
  await until(async () => (await manager.streams.info('AMI-AUDIT')).state.messages > 12)
  const { state } = await manager.streams.info('AMI-AUDIT')
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    audit.push((await manager.streams.getMessage('AMI-AUDIT', { seq }))?.string() ?? '')
  }
  const pages: string[] = []
  const look = async () => {
    for (const page of ['metrics', 'status', 'readyz', 'livez', SECRETS.key]) {
      const answer = await fetch(`http://${listen}/${page}`)
      pages.push(`${[...answer.headers].join('\n')}\n${await answer.text()}`)
    }
  }
  await look()
  assert.match(pages[0] ?? '', /^amiable_actions_total\{/m)
  assert.equal(JSON.parse((pages[1] ?? '').split('\n').at(-2) ?? '').gateway, 'gw-a')
  // links and NATS are lost and come back, and two secrets are refused all the time
  asterisk.disconnect()
  await until(() => said.includes('"role":"writing"'))
  await nats.kill()
  await until(() => said.includes('the connection to NATS is gone'))
  await look()
  await nats.start()
  await until(() => said.includes('NATS is connected', said.indexOf('the connection to NATS is gone')))
  child.kill('SIGTERM')
  await gone
  assert.match(said, /"command"/)
  for (const [place, secret] of Object.entries(SECRETS)) {
    assert.ok(!said.includes(secret), `the log holds ${place}: ${said}`)
    for (const text of [...audit, ...answers, ...pages]) assert.ok(!text.includes(secret), `${place} is in ${text}`)
  }
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came to it: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
