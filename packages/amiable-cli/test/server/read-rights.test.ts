import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActionError, type Client } from 'amiable'
import { readRightsOf, shownRead } from '../../src/server/read-rights.ts'

/** A client whose console prints this of an account. */
function printing(...lines: readonly string[]): Client {
  const headers = [['Command', 'Execute Asterisk CLI Command.  (Priv: command,all)']]
  return { command: async () => lines, send: async () => ({ headers }) } as unknown as Client
}

for (const [printed, classes] of [
  ['system,call', ['system', 'call']],
  ['call', ['call']],
  ['call,log', ['call', 'log']],
  ['system,call,all', ['system', 'call']],
  ['<none>', []],
] as const) {
  test(`an account of which the console prints ${printed} reads ${classes.join(' and ') || 'nothing'}`, async () => {
    const client = printing(
      '',
      '          username: frank',
      `         read perm: ${printed}`,
      '        write perm: call',
    )
    assert.deepEqual(await shownRead(client, 'frank'), classes)
    assert.deepEqual(await readRightsOf(client, 'frank'), classes)
  })
}

test('what the console does not print, or a name that it would take apart, is not known', async () => {
  assert.equal(await shownRead(printing('There is no manager called frank'), 'frank'), undefined)
  assert.equal(await shownRead(printing('         read perm: call'), 'frank; core stop now'), undefined)
  const refusing = { command: () => Promise.reject(new ActionError('no', { response: {} })) } as unknown as Client
  assert.equal(await shownRead(refusing, 'frank'), undefined)
})
