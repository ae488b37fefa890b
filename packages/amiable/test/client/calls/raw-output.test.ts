import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Heard, Peer } from '../../support/peer.ts'
import { readyRig } from '../../support/rig.ts'

async function output(
  answer: (peer: Peer, heard: Heard) => void,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<string[]> {
  await using rig = await readyRig({ encoding })
  const { client, peer } = rig
  const lines = client.command('core show version')
  const heard = await peer.next()
  assert.equal(heard.get('Command'), 'core show version')
  answer(peer, heard)
  return await lines
}

describe('since Asterisk 14', () => {
  const since14 = (...lines: string[]) =>
    output((peer, heard) =>
      peer.reply(heard, 'Success', 'Message: Command output follows', ...lines.map((line) => `Output: ${line}`)),
    )

  test('each Output line is a line, as it was printed', async () => {
    const lines = ['Channel  Location', '  indented: twice: ', '', 'a:b', 'Output: Output: x', 'end ']
    assert.deepEqual(await since14(...lines), lines)
  })

  test('one empty line is no output at all', async () => {
    assert.deepEqual(await since14(''), [])
  })

  test('two empty lines are two', async () => {
    assert.deepEqual(await since14('', ''), ['', ''])
  })
})

describe('before Asterisk 14', () => {
  const before14 = (text: string, encoding?: 'utf8' | 'latin1', more = '') =>
    output(
      (peer, heard) =>
        peer.send(
          `Response: Follows\r\nPrivilege: Command\r\nActionID: ${heard.id}\r\n${more}${text}--END COMMAND--\r\n\r\n`,
        ),
      encoding,
    )

  test('each line is as it was printed, colons and indentation included', async () => {
    for (const lines of [
      ['Asterisk 11.25.3'],
      ['12:30:45 up 3 days'],
      ['Settings:', '---------', '  Name: value', '  Other:value', '', 'Last:'],
      ['a: b: c', ': x', ':', ' '],
      ['Event: Fake', 'ActionID: mine', 'Privilege: mine', 'Response: mine'],
    ]) {
      assert.deepEqual(await before14(lines.map((line) => `${line}\n`).join('')), lines)
    }
  })

  test('the last line may lack its end', async () => {
    assert.deepEqual(await before14('one\ntwo'), ['one', 'two'])
    assert.deepEqual(await before14('only: one'), ['only: one'])
  })

  test('nothing printed is no line', async () => {
    assert.deepEqual(await before14(''), [])
  })

  test('lines may end with CRLF, and be empty', async () => {
    assert.deepEqual(await before14('one\r\n\r\nEvent: two\r\n'), ['one', '', 'Event: two'])
  })

  test('bytes are of the encoding', async () => {
    assert.deepEqual(await before14('caf\xc3\xa9: x\n'), ['café: x'])
    assert.deepEqual(await before14('caf\xe9: x\n', 'latin1'), ['café: x'])
  })

  test('what looks like the end within a line is not', async () => {
    assert.deepEqual(await before14('--END COMMAND-- is how it ends\n'), ['--END COMMAND-- is how it ends'])
  })
})

test('a command that fails rejects, and its lines are in the response', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const lines = client.command('core show nonsense')
  peer.reply(await peer.next(), 'Error', 'Message: Command output follows', 'Output: No such command')
  await assert.rejects(lines, (error) => {
    const { code, response } = error as { code: string; response: { getAll(name: string): string[] } }
    assert.equal(code, 'AMI_REFUSED')
    assert.deepEqual(response.getAll('Output'), ['No such command'])
    return true
  })
})

test('a command with a line end is refused and never sent', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await assert.rejects(client.command('core show version\r\nAction: Originate'), {
    code: 'AMI_ARGUMENT',
    argument: 'Command',
  })
  assert.equal(peer.actions.length, 2)
})
