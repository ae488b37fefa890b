// What stays on a real server for a while: the shell with the console's own Tab, a list that is looked at again, and
// filters in the server.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { CommandLine, ended } from '../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../tools/testbed/tmux.ts'
import type { OurAsterisk } from '../targets.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'

export function stayingSuite({ name, version, host, port, accounts }: OurAsterisk): void {
  const place = (username: string) => ({ host, port, username, secret: accounts[username] ?? '' })
  const line = new CommandLine({ pbx: place('frank'), readonly: place('readonly') })
  writeFileSync(`${line.home}/amiable`, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`, { mode: 0o755 })
  const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })
  after(() => line[Symbol.dispose]())

  test(`${name}: a shell runs actions, lists and console commands`, async () => {
    const { code, stdout, stderr } = await line.run(['shell'], {
      input:
        'DBPut Family=shell Key=a Val="b c"\n! database get shell a\nlist queues -o name\nDBDel Family=shell Key=a\n',
    })
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^Success[^\n]*\nValue: b c\n[\s\S]*\nSuccess[^\n]*\n$/)
    assert.equal((await line.run(['shell'], { input: '! no such command\n' })).code, 1)
  })

  test(`${name}: Tab after ! is what the console itself completes`, { skip }, async () => {
    await using terminal = await Terminal.open(env, 100, 24)
    await terminal.type('amiable shell')
    await terminal.shows((screen) => screen.endsWith('frank@pbx>'))
    await terminal.press('-l', '! core show upt')
    await terminal.press('Tab')
    await terminal.shows((screen) => screen.endsWith('! core show uptime'))
    await terminal.press('Enter')
    await terminal.shows((screen) => /System uptime: .*\n[\s\S]*frank@pbx>$/.test(screen))
    await terminal.press('C-d')
    await terminal.shows((screen) => screen.endsWith('$'))
  })

  test(`${name}: list --watch has what changes, look by look`, async () => {
    const child = line.start(['list', 'channels', '-w', 'Uniqueid=looks-*', '-W', '100ms', '-o', 'jsonl'])
    const done = ended(child)
    await printed(child, child.stdout, /"rows":\[\]/)
    const shown = printed(child, child.stdout, /"looks-1"/)
    const parameters = ['Channel=Local/wait@default', 'ChannelId=looks-1', 'OtherChannelId=looks-2', 'Async=true']
    await line.run(['send', 'Originate', ...parameters, 'Application=Wait', 'Data=60'])
    await shown
    const gone = printed(child, child.stdout, /"rows":\[\]/)
    await line.run(['send', 'Hangup', 'Channel=/^Local.wait@default/', '--yes'])
    await gone
    child.kill('SIGINT')
    const { code, stderr } = await done
    assert.deepEqual([code, stderr], [0, ''])
  })

  test(`${name}: with --server-filter the server itself leaves out the rest`, async () => {
    const args = ['events', 'UserEvent', '--server-filter', '-vv', '-n', '1', '--for', '60s', '-w', 'UserEvent=Last']
    const child = line.start(args)
    const done = ended(child)
    const before = await printed(child, child.stderr, /Success to Filter/)
    await line.run(['send', 'Originate', 'Channel=Local/quick@default', 'Application=Wait', 'Data=0', 'Async=true'])
    for (const event of ['Another', 'Last']) await line.run(['send', 'UserEvent', `UserEvent=${event}`])
    const { code, stderr } = await done
    assert.equal(code, 0, stderr)
    // what came after the filter: an answer, the event, no channel, and no other event of the name
    const came = stderr.slice(before.length).match(/< \w+$/gm) ?? []
    assert.deepEqual(came, ['< UserEvent'])
    const refused = await line.run(['events', 'UserEvent', '--server-filter', '-c', 'readonly'])
    assert.deepEqual([refused.code, /write = system/.test(refused.stderr)], [1, true], `${version}: ${refused.stderr}`)
  })
}

/** Resolves with what a command has printed when it fits. @throws if the command ends before */
function printed(child: ChildProcess, stream: Readable, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const take = (part: string) => {
      text += part
      if (!pattern.test(text)) return
      stream.off('data', take)
      resolve(text)
    }
    stream.on('data', take)
    child.on('close', () => reject(new Error(`it ended with ${text}`)))
  })
}
