import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fill } from '../config.ts'
import { type Machine, obstacle } from '../machine.ts'
import { ACCOUNTS, settingsFor } from '../settings.ts'

const ETC = new URL('../etc/', import.meta.url)

test('the accounts are those of manager.conf', () => {
  const text = readFileSync(new URL('manager.conf', ETC), 'utf8')
  const found = [...text.matchAll(/^\[(\w+)\]\nsecret = (.*)$/gm)].map(([, user, secret]) => [user, secret])
  assert.deepEqual(Object.fromEntries(found), ACCOUNTS)
})

test('a semicolon in the dialplan is escaped, or it starts a comment', () => {
  for (const line of readFileSync(new URL('extensions.conf', ETC), 'utf8').split('\n'))
    if (!line.startsWith(';')) assert.doesNotMatch(line, /[^\\];/)
})

test('the versions and two checkouts do not share a port', () => {
  const ports = (version: 22 | 16, base?: string) =>
    Object.values(settingsFor(version, { AMIABLE_ASTERISK_PORT_BASE: base }).ports)
  const all = [...ports(22), ...ports(16), ...ports(22, '30000'), ...ports(16, '30000')]
  assert.equal(new Set(all).size, all.length)
  assert.equal(settingsFor(22, {}).ports.ami, 25_038)
  assert.equal(settingsFor(16, {}).ports.tls, 26_039)
})

test('wrong settings say which', () => {
  assert.throws(() => settingsFor(22, { AMIABLE_ASTERISK_PORT_BASE: 'high' }), /AMIABLE_ASTERISK_PORT_BASE must be/)
  assert.throws(() => settingsFor(22, { AMIABLE_ASTERISK_CACHE: 'here' }), /AMIABLE_ASTERISK_CACHE must be/)
})

test('every word between @ signs is filled in', () => {
  assert.equal(fill('a@PORT@b default@x 1234@default', { PORT: 5 }, 'a.conf'), 'a5b default@x 1234@default')
  assert.throws(() => fill('@NOPE@', {}, 'a.conf'), /etc\/a\.conf: nothing to fill in for @NOPE@/)
  assert.ok(readdirSync(ETC).every((file) => file.endsWith('.conf')))
})

test('why a machine cannot run them', () => {
  const debian: Machine = { platform: 'linux', uid: 0, osRelease: 'NAME="Debian"\nID=debian\n', apt: true }
  assert.equal(obstacle(debian), undefined)
  assert.match(obstacle({ ...debian, uid: 1000 }) ?? '', /root/)
  assert.match(obstacle({ ...debian, platform: 'darwin' }) ?? '', /Linux, this is darwin/)
  assert.match(obstacle({ ...debian, osRelease: 'ID=ubuntu\nID_LIKE=debian\n' }) ?? '', /Debian/)
  assert.match(obstacle({ ...debian, apt: false }) ?? '', /apt/)
})
