// needs: asterisk-22, asterisk-16
// `check --connect` says what an account of Asterisk and the users of NATS may not do that they must. The judge is a
// plain session: what is named is denied, and what is not named is not.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NATS_VERSIONS, type NatsVersion } from '../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../tools/servers/nats/nats.ts'
import { GatewayCommand } from '../../tools/testbed/gateway-command.ts'
import { type Target, withAsterisk, withSimulator } from '../targets.ts'
import { PlainSession } from './support/plain-session.ts'

const skip = (await natsObstacle()) ?? false
const SOURCES = new URL('../../packages/amiable-gateway/src/', import.meta.url).href
const { accountsText } = (await import(`${SOURCES}bus/permissions.ts`)) as {
  accountsText(roles: readonly string[], prefix: string): string
}
const { classedActions } = (await import(`${SOURCES}actions/classes.ts`)) as {
  classedActions(): { readonly name: string; readonly class: string }[]
}
const READ = classedActions().filter((one) => one.class === 'read')
for (const user of ['GATEWAY_LOG', 'GATEWAY_ANSWERS']) process.env[`${user}_PASSWORD`] = 'lean'

async function arrange(t: TestContext, { host, port, accounts }: Target, version: NatsVersion) {
  const line = new GatewayCommand()
  const printed = accountsText([], 'ami').replace('users = [', 'users = [{ user: wide, password: lean }')
  const nats = await startNats(version, { configuration: printed })
  t.after(async () => {
    line[Symbol.dispose]()
    await nats.close()
  })
  const lean = line.file('lean', 'lean\n')
  return async (account: string, log = 'gateway-log', answers = 'gateway-answers') => {
    const secret = line.file('secret', `${accounts[account]}\n`)
    const user = (name: string) => `user: ${name}, password: { file: ${lean} }`
    const path = line.file(
      'gateway.yaml',
      `nats: { servers: ["${nats.urls[0]}"], ${user(log)}, answers: { ${user(answers)} } }
asterisks: { pbx1: { host: ${host}, port: ${port}, username: ${account}, secret: { file: ${secret} } } }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
    )
    const { code, stdout, stderr } = await line.run(['check', '--connect', '-c', path])
    assert.equal(stderr, '')
    const said = (what: string) => new RegExp(`^ +try ${what} +(.*)$`, 'm').exec(stdout)?.[1] ?? ''
    return { code, said, stdout }
  }
}

function tryAccounts(target: Target, version: NatsVersion): void {
  test('the rights of an account are those that a plain session has', { skip }, async (t) => {
    const check = await arrange(t, target, version)
    const all = await check('frank')
    assert.equal(all.code, 0, all.stdout)
    assert.match(
      all.said('pbx1, rights'),
      /^well: it may send all that state and actions need; it gets system call agent user cdr cc security; timestampevents is off: /,
    )
    // what it reads is shown to whoever may use the console, and is known of nobody else
    const operator = await check('operator')
    assert.equal(operator.code, 1, operator.stdout)
    assert.match(operator.said('pbx1, rights'), /^FAILED: .*does not get events of read = system,cc,security: /)
    for (const account of ['readonly', 'nosystem', 'listener']) {
      const { code, said, stdout } = await check(account)
      const text = said('pbx1, rights')
      const named = / may not send ([\w, ]+) \(write = /.exec(text)?.[1]?.split(', ') ?? []
      assert.equal(code, named.length > 0 ? 1 : 0, stdout)
      const judge = new PlainSession({ ...target, username: account, secret: target.accounts[account] ?? '' }, 'off')
      await judge.open()
      t.after(() => judge.close())
      for (const { name } of READ) {
        // a few answer without the ActionID; a session answers in order, so a Ping says that they have
        const answer = await Promise.race([judge.send({ Action: name }), judge.send({ Action: 'Ping' })])
        const isDenied = answer?.Message === 'Permission denied'
        // what an account lacks the right to and this server lacks too, nobody can tell from what is only denied
        const isUnknown = String(answer?.Message).startsWith('Invalid/unknown command')
        const isRight = isUnknown || named.includes(name) === isDenied
        assert.ok(isRight, `${account} ${name}: ${JSON.stringify(answer)}\n${text}`)
      }
    }
  })
}

function tryUsers(target: Target, version: NatsVersion): void {
  test(`the users of nats-server ${version} are tried against what is printed for them`, { skip }, async (t) => {
    const check = await arrange(t, target, version)
    const printed = await check('frank')
    assert.match(printed.said('NATS'), /; this user may do all that is needed$/)
    assert.match(printed.said('NATS, answers'), /^well: this user may do all that is needed$/)
    const swapped = await check('frank', 'gateway-answers', 'gateway-log')
    assert.equal(swapped.code, 1, swapped.stdout)
    assert.match(swapped.said('NATS'), /^FAILED: this user may not publish ami\.event\.>, publish ami\.status\.>/)
    assert.match(swapped.said('NATS, answers'), /^FAILED: this user may not publish .*subscribe ami\.action\.>/)
    const wide = await check('frank', 'wide', 'wide')
    assert.equal(wide.code, 0, wide.stdout)
    assert.match(wide.said('NATS'), /; nothing limits this user$/)
    assert.match(wide.said('NATS, answers'), /it may write logs too, and should not/)
  })
}

await withSimulator((target) => {
  tryAccounts(target, '2.15')
  for (const version of NATS_VERSIONS) tryUsers(target, version)
})
withAsterisk(22, (target) => tryAccounts(target, '2.15'))
withAsterisk(16, (target) => tryAccounts(target, '2.10'))
