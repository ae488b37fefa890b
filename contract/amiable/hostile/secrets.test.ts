// needs: asterisk-22, asterisk-16
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Client, connect, type SendOptions } from 'amiable'
import { readRecording, record, replay, startProxy } from 'amiable/testing'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import { dial, hangUp } from '../../support/calls.ts'
import { nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../../targets.ts'

const FILE = 'amiable-secrets.conf'
const MAILBOXES = 'amiable-secrets-voicemail.conf'

/** Makes texts that stand nowhere else. */
const fresh = (): string => `s${randomBytes(9).toString('hex')}`

class Planted {
  readonly secrets: string[] = []
  readonly others: string[] = []

  secret(): string {
    const text = fresh()
    this.secrets.push(text)
    return text
  }

  other(): string {
    const text = fresh()
    this.others.push(text)
    return text
  }
}

type Ask = (action: string, params?: Record<string, string | string[]>, options?: SendOptions) => Promise<void>

/** Everything that carries secrets to and fro; gives the questions whose answers a replay must have. */
async function sayAll(ami: Client, planted: Planted, ask: Ask): Promise<void> {
  // configuration files
  for (const Filename of [FILE, MAILBOXES]) await ask('CreateConfig', { Filename })
  const changes = [
    ['NewCat', 'users', '', ''],
    ['Append', 'users', 'secret', planted.secret()],
    ['Append', 'users', 'DB_PASS', planted.secret()],
    ['Append', 'users', 'register', `frank:${planted.secret()}@sip.example.org`],
    ['Append', 'users', 'set_var', `API_KEY=${planted.secret()}`],
    ['Append', 'users', 'context', planted.other()],
  ] as const
  const lines = changes.flatMap(([action, category, name, value], n) => {
    const number = String(n).padStart(6, '0')
    const headers = { Action: action, Cat: category, Var: name, Value: value }
    return Object.entries(headers).map(([header, text]): [string, string] => [`${header}-${number}`, text])
  })
  await ask('UpdateConfig', { SrcFilename: FILE, DstFilename: FILE, ...Object.fromEntries(lines) })
  const mailbox = `${parseInt(planted.secret().slice(1, 9), 16)}`
  planted.secrets.push(mailbox)
  await ask('UpdateConfig', {
    SrcFilename: MAILBOXES,
    DstFilename: MAILBOXES,
    'Action-000000': 'NewCat',
    'Cat-000000': 'default',
    'Action-000001': 'Append',
    'Cat-000001': 'default',
    'Var-000001': '1234',
    'Value-000001': `${mailbox},${planted.other()},ann@example.org`,
  })
  for (const Filename of [FILE, MAILBOXES, 'manager.conf', 'voicemail.conf', 'pjsip.conf']) {
    await ask('GetConfig', { Filename })
    await ask('GetConfigJSON', { Filename })
  }
  for (const variable of [`${FILE},users,secret`, `${MAILBOXES},default,1234`, `${FILE},users,context`]) {
    await ask('Getvar', { Variable: `AST_CONFIG(${variable})` })
  }

  // variables, with an event of each
  const variable = `MY_PASS_${planted.other()}`
  await ask('Setvar', { Variable: variable, Value: planted.secret() })
  await ask('Setvar', { Variable: `DB(${planted.other()}/token)`, Value: planted.secret() })
  await ask('Setvar', {
    Variable: planted.other(),
    Value: `{"password":"${planted.secret()}","city":"${planted.other()}"}`,
  })
  await ask('Setvar', {
    Variable: planted.other(),
    Value: `https://x:${planted.secret()}@h/?token=${planted.secret()}`,
  })
  await ask('Getvar', { Variable: variable })
  await ask('Command', { Command: 'dialplan show globals' })

  // the database
  const family = planted.other()
  await ask('DBPut', { Family: family, Key: 'pin', Val: planted.secret() })
  await ask('DBPut', { Family: family, Key: 'city', Val: planted.other() })
  await ask('DBGet', { Family: family, Key: 'pin' })
  await ask('DBGetTree', { Family: family })
  await ask('Command', { Command: `database put ${family} secret ${planted.secret()}` })
  for (const command of [
    `show ${family}`,
    `get ${family} secret`,
    `get ${family} city`,
    'query "SELECT * FROM astdb"',
  ]) {
    await ask('Command', { Command: `database ${command}` })
  }

  // a dialplan, which what runs it prints as well
  const context = planted.other()
  const set = `Set(HASH(auth,pw)=${planted.secret()})`
  for (const command of [`add extension 1,1,${set} into ${context}`, `show ${context}`, `remove context ${context}`]) {
    await ask('Command', { Command: `dialplan ${command}` })
  }

  // what commands and lists print of accounts
  for (const command of ['manager show user frank', 'manager show users', 'pjsip show auth ep1', 'iax2 show users']) {
    await ask('Command', { Command: command })
  }
  await ask('PJSIPShowAuths')
  await ask('PJSIPShowEndpoint', { Endpoint: 'ep1' })

  // a call: variables, its dialplan, and AGI commands
  const call = await dial(ami, 'agi', { until: 'AsyncAGIStart', variables: { SIP_SECRET: planted.secret() } })
  for (const command of [
    'SET VARIABLE MY_TOKEN',
    'GET VARIABLE MY_TOKEN',
    'GET VARIABLE CHANNEL(name)',
    'DATABASE PUT x pwd',
  ]) {
    const id = fresh()
    const done = nextEvent(ami, 'AsyncAGIExec', (event) => event.get('CommandID') === id)
    const value = /^(SET|DATABASE)/.test(command) ? ` ${planted.secrets[0]}` : ''
    await ask('AGI', { Channel: call.far, Command: command + value, CommandID: id })
    await done
  }
  await ask('Setvar', { Channel: call.channel, Variable: 'X_CREDENTIAL', Value: planted.secret() })
  await ask('Status', { Channel: call.channel, Variables: 'X_CREDENTIAL,CHANNEL(name)' })
  await hangUp(ami, call)

  // events that others raise
  await ask('UserEvent', {
    UserEvent: 'Own',
    'X-Auth-Token': planted.secret(),
    Body: `{"apiKey":"${planted.secret()}","city":"${planted.other()}"}`,
    Sdp: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${planted.secret()}`,
    Ran: `prog --password ${planted.secret()} --city ${planted.other()}`,
    Sent: `Bearer ${planted.secret()}`,
    City: planted.other(),
  })
  await ask('MessageSend', {
    To: 'pjsip:nobody',
    From: 'sip:frank@example.org',
    Base64Body: btoa(`the password: ${planted.secret()}`),
  })
}

/** What a recording could hold a text as. */
async function readings(file: string): Promise<string> {
  let text = readFileSync(file, 'utf8')
  for await (const message of readRecording(file)) text += message.text
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const base64 = [...text.matchAll(/Base64Body: ([A-Za-z0-9+/=]+)/g)].map(([, found = '']) => atob(found))
  return [text, decoded, ...base64].join('\n')
}

/** Logs in as nobody should, so that the server tells of it. */
async function loginWrongly(port: number, planted: Planted): Promise<void> {
  using plain = await RawClient.open(port)
  plain.action({ Action: 'Login', Username: planted.other(), Secret: planted.secret() })
  await plain.until(/Authentication failed/)
  using md5 = await RawClient.open(port)
  md5.action({ Action: 'Challenge', AuthType: 'MD5' })
  await md5.until(/Challenge: \d+\r\n\r\n/)
  const key = planted.secret().slice(1)
  planted.secrets.push(key)
  md5.action({ Action: 'Login', AuthType: 'MD5', Username: 'frank', Key: key })
  await md5.until(/Authentication failed/)
}

function secrets(target: Target): void {
  test(`${target.name}: no secret that passes is in a recording, and what is none is, and replays`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'amiable-secrets-'))
    context.after(() => rmSync(directory, { recursive: true, force: true }))
    const files = ['client.jsonl', 'proxy.jsonl.gz', 'client.jsonl.gz', 'proxy.jsonl'].map((name) =>
      join(directory, name),
    )
    const planted = new Planted()
    await using proxy = await startProxy({ target: { host: target.host, port: target.port } })
    await using ami = await connect({ ...optionsFor(target), port: proxy.port, auth: 'plain' })
    const asked: [action: string, params: Record<string, string | string[]>, answer: string[]][] = []
    {
      await using _ = record(ami, files[0]!)
      await using _1 = record(proxy, files[1]!)
      await using _2 = record(ami, files[2]!)
      await using _3 = record(proxy, files[3]!)
      await loginWrongly(proxy.port, planted)
      await sayAll(ami, planted, async (action, params = {}) => {
        const answer = await ami.sendRaw(action, params, { check: false })
        const headers = [answer, ...answer.events].flatMap((message) => [...message.headers])
        asked.push([action, params, headers.filter(([name]) => name !== 'ActionID').map(([name]) => name)])
      })
      // the events of it all are there as well
      await ami.send('Ping')
    }
    for (const file of files) {
      assert.equal(statSync(file).mode & 0o777, 0o600)
      const text = await readings(file)
      for (const secret of planted.secrets) {
        const at = text.indexOf(secret)
        assert.ok(at === -1, `${file}: ${text.slice(Math.max(0, at - 300), at + 60)}`)
      }
      for (const other of planted.others) {
        assert.ok(text.includes(other) || file.includes('client'), `${file} lacks ${other}`)
      }
      // those of the server's own files
      assert.doesNotMatch(text, /secret ?= ?(?!\*)\S|password ?[=:] ?(?!\*)\S|1234=4242|"1234":"4242/)
      if (target.real) assert.match(text, /1234=\*\*\*,Example Mailbox/)
    }

    await using served = await replay(files[0]!, { begin: 'manual' })
    await using again = await connect({ host: '127.0.0.1', port: served.port, username: 'frank', secret: 'lean' })
    for (const [action, params, names] of asked) {
      const answer = await again.sendRaw(action, params, { check: false })
      const headers = [answer, ...answer.events].flatMap((message) => [...message.headers])
      assert.deepEqual(
        headers.filter(([name]) => name !== 'ActionID').map(([name]) => name),
        names,
        `${action} ${JSON.stringify(params)}`,
      )
    }
  })
}

await withSimulator(secrets)
withAsterisk(22, secrets)
withAsterisk(16, secrets)
