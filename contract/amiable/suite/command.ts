import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActionError, type RawResponse } from 'amiable'
import { withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

// their output is the same from one moment to the next; it has indentation, blank lines, long lines and colons
const COMMANDS = [
  'core show version',
  'core show license',
  'core show channeltypes',
  'core show hints',
  'dialplan show default',
  'manager show command Originate',
  'manager show users',
  'core show application Dial',
  'core show function CUT',
  'core show codecs',
  'pjsip show endpoints',
]

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

/** The output of CLI commands: line for line, blanks and all. */
export function command(target: Target): void {
  const { name, cli } = target

  for (const line of COMMANDS) {
    test(
      `${name}: the output of '${line}' is what the console prints`,
      { skip: cli ? false : `${name} has no console` },
      () =>
        withClient(target, async (ami) => {
          // in colour for the console, without for us (main/term.c:term_strip)
          const printed = (await cli!(line)).replace(COLOUR, '').split('\n')
          // asterisk -rx ends its output with a line feed of its own
          while (printed.at(-1) === '') printed.pop()
          const output = await ami.command(line)
          while (output.at(-1) === '') output.pop()
          assert.deepEqual(output, printed)
        }),
    )
  }

  test(`${name}: the version is printed on one line`, () =>
    withClient(target, async (ami) => {
      const output = await ami.command('core show version')
      assert.equal(output.length, 1)
      assert.match(output[0] ?? '', /^Asterisk /)
    }))

  test(`${name}: a command that does not exist is refused, and its output can be read`, () =>
    withClient(target, async (ami) => {
      const failed = ami.command('no such command')
      await assert.rejects(failed, (error) => {
        assert.ok(error instanceof ActionError)
        assert.match((error.response as RawResponse).get('Output') ?? '', /^No such command 'no such command'/)
        return true
      })
    }))

  // manager.c:action_command keeps a short list of commands that it never runs
  test(`${name}: a command that Asterisk keeps from managers is refused`, () =>
    withClient(target, (ami) =>
      assert.rejects(ami.command('module unload app_echo'), { code: 'AMI_REFUSED', message: /blacklisted/ }),
    ))

  test(`${name}: a command that prints nothing has no lines`, () =>
    withClient(target, async (ami) =>
      assert.deepEqual(await ami.command('core set verbose 0 silent').catch(() => []), []),
    ))
}
