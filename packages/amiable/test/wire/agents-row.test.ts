import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Decoder } from '../../src/wire/decoder.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import type { Message } from '../../src/wire/message.ts'

// app_agent_pool.c:action_agents ends the line CallStarted with a bare LF; ActionID stands last
test('the row of an agent on a call keeps its ActionID', () => {
  const messages: Message[] = []
  const sink = { banner: () => {}, message: (one: Message) => void messages.push(one), fault: assert.fail }
  const text =
    'Asterisk Call Manager/11.0.0\r\nEvent: Agents\r\nAgent: 1001\r\nCallStarted: 123\nLoggedInTime: 100\r\nActionID: a-1\r\n\r\n'
  const origin = { source: 'test', epoch: 1, receivedAt: 0, encoding: 'utf8' } as const
  new Decoder(sink, defaultLimits).push(Buffer.from(text), origin)
  const [row] = messages
  assert.equal(messages.length, 1)
  assert.equal(row?.actionId, 'a-1')
  assert.deepEqual(row?.headers, [
    ['Event', 'Agents'],
    ['Agent', '1001'],
    ['CallStarted', '123'],
    ['LoggedInTime', '100'],
    ['ActionID', 'a-1'],
  ])
})
