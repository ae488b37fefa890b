import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError, type Client, type Params } from 'amiable'
import { nextEvent, openRaw, withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const LINE = 1_022
const HEADERS = 128

/** What Asterisk takes in a line and in an action, to the byte; and that nothing past it leaves us. */
export function limits(target: Target): void {
  const { name } = target
  const line = (bytes: number) => 'x'.repeat(bytes - 'Text: '.length)
  // Action, ActionID and UserEvent are headers too
  const headers = (count: number): Params => ({
    UserEvent: 'Many',
    Text: Array.from({ length: count - 3 }, (_, i) => `${i}`),
  })

  test(`${name}: a line of ${LINE} bytes is taken whole`, () =>
    withClient(target, async (ami) => {
      const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Long')
      await ami.sendRaw('UserEvent', { UserEvent: 'Long', Text: line(LINE) })
      assert.equal((await came).get('Text'), line(LINE))
    }))

  test(`${name}: a line of ${LINE} bytes counts bytes and not characters`, () =>
    withClient(target, async (ami) => {
      const text = 'é'.repeat((LINE - 6) / 2)
      const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Bytes')
      await ami.sendRaw('UserEvent', { UserEvent: 'Bytes', Text: text })
      assert.equal((await came).get('Text'), text)
      await refusedUnsent(ami, { UserEvent: 'Bytes', Text: `${text}é` })
    }))

  test(`${name}: ${HEADERS} headers are taken, every one`, () =>
    withClient(target, async (ami) => {
      const came = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Many')
      await ami.sendRaw('UserEvent', headers(HEADERS))
      assert.deepEqual((await came).getAll('Text'), headers(HEADERS).Text)
    }))

  test(`${name}: a line or a header more is refused before a byte is written, and the error names it`, () =>
    withClient(target, async (ami) => {
      await refusedUnsent(ami, { UserEvent: 'Long', Text: line(LINE + 1) })
      await refusedUnsent(ami, headers(HEADERS + 1))
      assert.throws(() => void ami.sendRaw('UserEvent', { Text: line(LINE + 1) }), { argument: 'Text' })
    }))

  test(`${name}: CR, LF and NUL are refused before a byte is written`, () =>
    withClient(target, async (ami) => {
      for (const odd of ['\r', '\n', '\0', '\r\nAction: Logoff']) {
        await refusedUnsent(ami, { Text: `a${odd}b` })
        await refusedUnsent(ami, { [`a${odd}b`]: 'x' })
        assert.throws(() => void ami.sendRaw(`Ping${odd}`), ArgumentError)
      }
      await refusedUnsent(ami, { 'a:b': 'x' })
      await refusedUnsent(ami, { '': 'x' })
    }))

  test(`${name}: the longest ActionID that no handler cuts is 67 characters`, () =>
    withClient(target, async (ami) => {
      const actionId = 'i'.repeat(67)
      // manager.c:action_corestatus and app_confbridge.c:action_confbridgelist have the smallest buffers
      assert.equal((await ami.send('CoreStatus', {}, { actionId })).actionId, actionId)
      const rooms = await ami.sendRaw('ConfbridgeListRooms', {}, { actionId, check: false })
      assert.equal(rooms.actionId, actionId)
      assert.throws(() => void ami.send('Ping', {}, { actionId: `${actionId}i` }), ArgumentError)
    }))

  test(`${name}: past these limits the server itself refuses`, async () => {
    using session = await openRaw(target)
    const tooLong = `Action: UserEvent\r\nUserEvent: Long\r\nText: ${line(LINE + 2)}\r\n\r\n`
    assert.match(await session.ask(tooLong), /Response: Error\r\n[\s\S]*line too long/)
    const many = Array.from({ length: HEADERS - 1 }, (_, i) => `H${i}: x\r\n`).join('')
    assert.match(await session.ask(`Action: UserEvent\r\nUserEvent: Many\r\n${many}\r\n`), /Too many lines in message/)
  })
}

async function refusedUnsent(ami: Client, params: Params): Promise<void> {
  const { bytesWritten } = ami.stats()
  assert.throws(() => void ami.sendRaw('UserEvent', params), ArgumentError)
  assert.equal(ami.stats().bytesWritten, bytesWritten)
}
