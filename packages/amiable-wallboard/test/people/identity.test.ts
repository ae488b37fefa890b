// Who may try a password, how often, and what signing in does to others.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { configSchema, type Users } from '../../src/config/schema.ts'
import { Identity } from '../../src/people/identity.ts'
import { hashPassword } from '../../src/people/passwords.ts'
import { personOf } from '../../src/people/person.ts'
import { Sessions } from '../../src/people/sessions.ts'

let password = ''
before(async () => {
  password = await hashPassword('correct horse')
})

function identityOf(users: Users): Identity {
  const asterisks = { pbx1: { host: 'a', username: 'b', secret: { env: 'C' } } }
  const signIn = { mode: 'local', usersFile: 'users.yaml' }
  return new Identity(configSchema.parse({ asterisks, signIn }), users, '')
}

test('many who share an address sign in one after the other, and one who guesses there soon waits', {
  timeout: 240_000,
}, async () => {
  const names = Array.from({ length: 24 }, (_, at) => `agent${at}`)
  const identity = identityOf(Object.fromEntries(names.map((name) => [name, { role: 'agent' as const, password }])))
  for (const name of names)
    assert.equal((await identity.signIn(name, 'correct horse', '192.0.2.1', 0)).type, 'in', name)
  const types: string[] = []
  for (let at = 0; at < 6; at++) types.push((await identity.signIn('agent1', `guess ${at}`, '192.0.2.1', 0)).type)
  assert.deepEqual(types, ['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'later'])
})

test('addresses of one IPv6 network guess as one, and those of IPv4 as what they are', {
  timeout: 240_000,
}, async () => {
  const identity = identityOf({ ann: { role: 'viewer', password } })
  const guess = async (address: string) => (await identity.signIn('ann', 'guess', address, 0)).type
  for (const host of ['1', '2:3', 'ffff:1:2:3', '0:0:0:9', '7']) {
    const address = host.split(':').length < 4 ? `2001:db8:0:1::${host}` : `2001:db8:0:1:${host}`
    assert.equal(await guess(address), 'wrong')
  }
  assert.equal(await guess('2001:db8:0:1::8'), 'later')
  assert.equal(await guess('2001:db8:0:2::8'), 'wrong')
  for (const address of ['::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1']) {
    assert.equal(await guess(address), 'wrong')
  }
  assert.equal(await guess('::ffff:192.0.2.1'), 'later')
  assert.equal(await guess('::ffff:192.0.2.2'), 'wrong')
})

test('behind a proxy that is named the address counts that it says, and nobody else is believed', () => {
  const asterisks = { pbx1: { host: 'a', username: 'b', secret: { env: 'C' } } }
  const networks = ['127.0.0.0/8', '10.0.0.0/8', 'fe80::/10']
  const config = configSchema.parse({ asterisks, signIn: { mode: 'local', usersFile: 'users.yaml', networks } })
  const of = (address: string, forwarded?: string, identity = new Identity(config, {}, '')) => {
    const header = (name: string) => (name === 'x-forwarded-for' ? forwarded : undefined)
    return identity.addressOf({ address, token: undefined, header })
  }
  assert.equal(of('127.0.0.1'), '127.0.0.1')
  assert.equal(of('::ffff:127.0.0.1', '192.0.2.1'), '192.0.2.1')
  assert.equal(of('fe80::1%eth0', '2001:db8::1'), '2001:db8::1')
  // through two of them, and with what a stranger wrote before
  assert.equal(of('127.0.0.1', '203.0.113.9, 192.0.2.1 , 10.0.0.7'), '192.0.2.1')
  assert.equal(of('127.0.0.1', '192.0.2.1, evil, 10.0.0.7'), '127.0.0.1')
  assert.equal(of('127.0.0.1', ','), '127.0.0.1')
  assert.equal(of('198.51.100.1', '192.0.2.1'), '198.51.100.1')
  assert.equal(of('127.0.0.1', '192.0.2.1', identityOf({})), '127.0.0.1')
  // with a secret the network alone is not enough
  const secretly = configSchema.parse({ asterisks, signIn: { mode: 'proxy', usersFile: 'users.yaml', networks } })
  assert.equal(of('127.0.0.1', '192.0.2.1', new Identity(secretly, {}, 'shared')), '127.0.0.1')
})

test('many who sign in at one moment wait their turn; one too many is sent away, and it costs him nothing', {
  timeout: 240_000,
}, async () => {
  const names = Array.from({ length: 36 }, (_, at) => `agent${at}`)
  const identity = identityOf(Object.fromEntries(names.map((name) => [name, { role: 'agent' as const, password }])))
  const signIn = (name: string, at: number) => identity.signIn(name, 'correct horse', `192.0.2.${at}`, 0)
  const types = (await Promise.all(names.map(signIn))).map(({ type }) => type)
  assert.deepEqual(types, [...Array.from({ length: 34 }, () => 'in'), 'later', 'later'])
  assert.equal((await signIn('agent35', 35)).type, 'in')
})

test('a role that changes while the password is tried is not the old one', { timeout: 240_000 }, async () => {
  const identity = identityOf({ ann: { role: 'admin', password } })
  const result = identity.signIn('ann', 'correct horse', '192.0.2.1', 0)
  identity.update({ ann: { role: 'viewer', password } })
  assert.equal((await result).type, 'later')
  const again = await identity.signIn('ann', 'correct horse', '192.0.2.1', 0)
  assert.ok(again.type === 'in' && again.person.role === 'viewer')
})

test('who signs in again and again ends sessions of his own, and a session that has ended is over', () => {
  const sessions = new Sessions(60_000)
  const [ann, ben] = ['ann', 'ben'].map((name) => personOf(name, { role: 'viewer' }))
  const token = sessions.begin(ann!, 0)
  const first = personOf('ben', { role: 'viewer' })
  const oldest = sessions.begin(first, 0)
  for (let at = 1; at < 100; at++) sessions.begin(ben!, at)
  assert.equal(sessions.find(oldest, 100), undefined)
  assert.equal(sessions.isOver(first, 100), true)
  assert.equal(sessions.find(token, 100)?.person, ann)
  assert.deepEqual([sessions.isOver(ann!, 60_100), sessions.isOver(ann!, 60_101)], [false, true])
  assert.equal(sessions.isOver(personOf('eve', { role: 'viewer' }), 60_101), false)
  assert.equal([...sessions.all()].filter(({ person }) => person.name === 'ben').length, 32)
})
