import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../../tools/testbed/command.ts'

const server = await startServer({ users: { frank: 'a secret' } })
const line = new CommandLine()
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const url = `ami://frank@127.0.0.1:${server.port}`
const ok = async (...args: string[]) => {
  const { code, stdout, stderr } = await line.run(args)
  assert.equal(code, 0, stderr)
  return stdout
}

test('from nothing to a login: add, secret, test', async () => {
  await ok('context', 'add', 'pbx1', '--host', url, '--protect')
  const { code, stderr } = await line.run(['context', 'secret', 'pbx1'], { input: 'a secret\n' })
  assert.equal(code, 0, stderr)
  assert.match(await ok('context', 'test'), /^pbx1 {2}logged in after .*, AMI 11\.0\.0\n$/)
  const stored = JSON.parse(readFileSync(line.configPath, 'utf8')).contexts.pbx1
  assert.equal(statSync(stored.secret.file).mode & 0o777, 0o600)
  assert.equal(statSync(line.configPath).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(line.configPath, 'utf8'), /a secret/)
})

test('ls shows each with where its secret is, and the one in use', async () => {
  await ok('context', 'add', 'pbx2', '--host', 'amis://eve@pbx2', '--secret-command', 'pass show pbx2', '--read-only')
  assert.equal(
    (await ok('context', 'ls')).replace(String(server.port), String(server.port).replaceAll(/./g, 'P')),
    [
      '   NAME  SERVER                       SECRET   CHANGES',
      '*  pbx1  ami://frank@127.0.0.1:PPPPP  file     asked about',
      '   pbx2  amis://eve@pbx2:5039         command  refused',
      '',
    ].join('\n'),
  )
  assert.equal(await ok('context', 'ls', '-o', 'name'), 'pbx1\npbx2\n')
  assert.equal((await ok('context', 'ls', '-o', 'csv')).split('\n')[0], 'current,name,server,secret,changes')
})

test('use, set, show and rm change what they name', async () => {
  await ok('context', 'use', 'pbx2')
  await ok('context', 'set', 'pbx2', '--host', 'ami://eve@pbx3', '--no-read-only')
  assert.deepEqual(JSON.parse(await ok('context', 'show', 'pbx2')), {
    host: 'pbx3',
    username: 'eve',
    secret: { command: 'pass show pbx2' },
    readOnly: false,
  })
  await ok('context', 'rm', 'pbx2')
  assert.equal(await ok('context', 'ls', '-o', 'name'), 'pbx1\n')
})

for (const [args, says] of [
  [['ad'], /no action ad; did you mean add\?/],
  [['add', 'pbx1', '--host', 'ami://f@x'], /there is a context pbx1 already/],
  [['add', 'a/b', '--host', 'ami://f@x'], /cannot name a context/],
  [['add', 'new'], /needs --host URL/],
  [['add', 'new', '--host', 'ami://f:pw@x'], /must not hold a password/],
  [['add', 'new', '--host', 'ami://f@x', '--ca', 'none.pem'], /the certificates in .*none\.pem cannot be read/],
  [['add', 'new', '--host', 'ami://f@x', '--secret-env', 'A', '--secret-file', 'b'], /one place for its secret/],
  [['add', 'new', '--host', 'ami://f@x', '--secret-env', ''], /--secret-env must not be empty/],
  [['add', 'new', '--host', 'ami://f@x', '--secret-file', ''], /--secret-file must not be empty/],
  [['add', 'new', '--host', 'ami://f@x:0'], /--host must have a port from 1 to 65535, and 0 is none/],
  [['use', 'pbx'], /there is no context pbx; did you mean pbx1\?/],
  [['show'], /context show needs the name of one context/],
  [['secret', 'pbx1'], /the secret was not given/],
] as const) {
  test(`a mistake exits with 2: context ${args.join(' ')}`, async () => {
    const { code, stderr } = await line.run(['context', ...args])
    assert.equal(code, 2)
    assert.match(stderr, says)
    assert.doesNotMatch(stderr, /pw/)
  })
}

test('a context may be named as what every object of JavaScript has', async () => {
  await ok('context', 'add', 'constructor', '--host', url)
  assert.equal(JSON.parse(await ok('context', 'show', 'constructor')).username, 'frank')
  await ok('context', 'rm', 'constructor')
})

test('of many that are added at once none is lost', async () => {
  using many = new CommandLine()
  const names = Array.from({ length: 8 }, (_, index) => `pbx${index}`)
  const all = await Promise.all(names.map((name) => many.run(['context', 'add', name, '--host', url])))
  assert.deepEqual(new Set(all.map(({ code }) => code)), new Set([0]))
  const { stdout } = await many.run(['context', 'ls', '-o', 'name'])
  assert.deepEqual(stdout.trim().split('\n').sort(), names.sort())
})
