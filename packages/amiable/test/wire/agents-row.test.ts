import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../support/decode.ts'

// app_agent_pool.c:action_agents ends the line CallStarted with a bare LF; ActionID stands last
test('the row of an agent on a call keeps its ActionID', () => {
  const { messages } = decode(
    'Event: Agents\r\nAgent: 1001\r\nCallStarted: 123\nLoggedInTime: 100\r\nActionID: a-1\r\n\r\n',
  )
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
