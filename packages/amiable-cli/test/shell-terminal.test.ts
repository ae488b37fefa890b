// The shell on a terminal: Tab, the history, events above what is typed, ^C, ^Z, ^D, and a connection that is lost.
import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../tools/testbed/tmux.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const server = await startServer({ users: { frank: 'lean' } })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account, safe: { ...account, protect: true } })
writeFileSync(`${line.home}/amiable`, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`, { mode: 0o755 })
// as npx: a program of its own, which waits for the command
writeFileSync(`${line.home}/begun`, `#!/bin/sh\n${process.execPath} ${line.bin} "$@"\nexit $?\n`, { mode: 0o755 })
const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const at = (prompt: string) => (screen: string) => screen.endsWith(prompt)
const PROMPT = 'frank@pbx1>'

test('amiable alone is a shell: Tab, the history with ^R, and ^D', { skip }, async () => {
  await using terminal = await Terminal.open(env, 100, 24)
  await terminal.type('amiable')
  await terminal.shows(at(PROMPT))
  await terminal.press('P', 'i', 'Tab')
  await terminal.shows(at(`${PROMPT} Ping`))
  await terminal.press('Enter')
  await terminal.shows((screen) => screen.endsWith(`Ping  Pong\n${PROMPT}`))
  server.channels.create({ name: 'PJSIP/100-0000002a' })
  await terminal.press('-l', 'Hangup Channel=P')
  await terminal.press('Tab')
  await terminal.shows(at(`${PROMPT} Hangup Channel=PJSIP/100-0000002a`))
  await terminal.press('C-c')
  await terminal.shows(at(`^C\n${PROMPT}`))
  await terminal.type('send Login Secret=lean --no-check --dry-run')
  await terminal.shows((screen) => screen.endsWith(PROMPT) && screen.includes('Secret: ***'))
  await terminal.press('C-r')
  await terminal.press('i', 'n', 'g')
  await terminal.shows((screen) => screen.includes('bck-i-search: ing'))
  await terminal.press('Enter')
  await terminal.shows((screen) => screen.match(/Ping {2}Pong/g)?.length === 2 && screen.endsWith(PROMPT))
  await terminal.press('C-d')
  await terminal.shows((screen) => /\n\$$/.test(screen))
  const path = `${line.home}/.local/state/amiable/history`
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(path, 'utf8'), /lean/)
  // those of before are there the next time
  await terminal.type('clear; amiable shell -c safe')
  await terminal.shows(at('frank@safe (protected)>'))
  await terminal.press('Up')
  await terminal.shows(at('frank@safe (protected)> Ping'))
  await terminal.press('C-u')
  await terminal.type('DBPut Family=a Key=b Val=c')
  await terminal.shows(at('DBPut on safe? [y/N]'))
  await terminal.type('n')
  await terminal.shows((screen) => screen.includes('nothing was changed') && screen.endsWith('(protected)>'))
})

test('events stand above what is typed, and hostile text is text', { skip }, async () => {
  await using terminal = await Terminal.open(env, 60, 20)
  await terminal.type('amiable shell')
  await terminal.shows(at(PROMPT))
  const before = server.calls.filter(({ name }) => name === 'Login').length
  await terminal.type("watch 'User*' --time none -v")
  // with -v it says when it is logged in
  await terminal.shows((screen) => screen.includes('logged in') && screen.endsWith(PROMPT))
  assert.equal(server.calls.filter(({ name }) => name === 'Login').length, before + 1)
  const typed = `list channels -w Channel=PJSIP/${'x'.repeat(50)}`
  await terminal.press('-l', typed)
  await terminal.shows((screen) => screen.endsWith('xxx'))
  server.emit('UserEvent', { UserEvent: 'Hostile', Text: '\x1b[2J\x07' })
  const shown = await terminal.shows((screen) => screen.includes('Hostile'))
  assert.match(shown, /Text=\\x1b\[2J\\x07\n/)
  // nothing of the line that is typed is lost or there twice
  const foot = shown.slice(shown.lastIndexOf(PROMPT)).replaceAll('\n', '')
  assert.equal(foot, `${PROMPT} ${typed}`)
  assert.equal(shown.split('Channel=PJSIP/xxx').length, 2)
  await terminal.press('C-c')
  await terminal.type('watch off')
  await terminal.shows((screen) => screen.includes('1 event in') && screen.endsWith(PROMPT))
})

test('^C ends a line and not the shell, and a screen inside gives the terminal back', { skip }, async () => {
  await using terminal = await Terminal.open(env, 90, 20)
  await terminal.type('amiable shell')
  await terminal.shows(at(PROMPT))
  server.faults.drop({ action: 'CoreStatus', times: 1 })
  await terminal.type('CoreStatus')
  await server.waitFor('CoreStatus')
  await terminal.press('C-c')
  await terminal.shows((screen) => screen.endsWith(PROMPT) && screen.split(PROMPT).length === 3)
  await terminal.type('top')
  await terminal.shows((screen) => screen.startsWith('pbx1  live'))
  await terminal.press('q')
  await terminal.shows(at(`${PROMPT} top\n${PROMPT}`))
  await terminal.type('Ping')
  await terminal.shows(at(`Ping  Pong\n${PROMPT}`))
})

test('^Z stops the shell and what began it, and fg brings the line back', { skip }, async () => {
  await using terminal = await Terminal.open(env, 90, 20)
  await terminal.type('begun shell')
  await terminal.shows(at(PROMPT))
  await terminal.press('P', 'i')
  await terminal.shows(at(`${PROMPT} Pi`))
  await terminal.press('C-z')
  await terminal.shows((screen) => /Stopped +begun shell\n\$$/.test(screen))
  await terminal.type('fg')
  await terminal.shows(at(`${PROMPT} Pi`))
  await terminal.type('ng')
  await terminal.shows(at(`Ping  Pong\n${PROMPT}`))
  await terminal.type('top')
  await terminal.shows((screen) => screen.startsWith('pbx1  live'))
  await terminal.press('C-z')
  await terminal.shows((screen) => /Stopped +begun shell\n\$$/.test(screen))
  await terminal.type('fg')
  await terminal.shows((screen) => screen.startsWith('pbx1  live'))
  await terminal.press('q')
  await terminal.shows(at(PROMPT))
})

test('^Z at a secret stops the command and what began it, fg asks again, and ^D is no answer', { skip }, async () => {
  await using terminal = await Terminal.open(env, 100, 20)
  const QUESTION = `secret of frank@127.0.0.1:`
  const command = `begun -H ami://frank@127.0.0.1:${server.port} send Ping; echo status $?`
  await terminal.type(command)
  await terminal.shows(at(QUESTION))
  await terminal.press('l', 'e')
  await terminal.press('C-z')
  await terminal.shows((screen) => /Stopped +begun .*\n(?:.*\n)*\$$/.test(screen))
  await terminal.type('clear; fg; echo then $?')
  await terminal.shows(at(QUESTION))
  await terminal.type('an')
  await terminal.shows((screen) => /Ping {2}Pong\nthen 0\n\$$/.test(screen))
  await terminal.type(`clear; ${command}`)
  await terminal.shows(at(QUESTION))
  await terminal.press('C-d')
  await terminal.shows((screen) => /the question was not answered: the input has ended\nstatus 2\n\$$/.test(screen))
})

test('the prompt says when the connection is down, and it comes again by itself', { skip }, async () => {
  const first = await startServer({ users: { frank: 'lean' } })
  using other = new CommandLine({ pbx1: { ...account, port: first.port } })
  await using terminal = await Terminal.open({ ...env, HOME: other.home }, 100, 20)
  await terminal.type('amiable shell')
  await terminal.shows(at(PROMPT))
  await first.close()
  await terminal.shows(at('frank@pbx1 (down)>'))
  await terminal.type('Ping')
  await terminal.shows((screen) => screen.includes('ECONNREFUSED') && screen.endsWith('(down)>'))
  await using again = await startServer({ users: { frank: 'lean' }, port: first.port })
  await terminal.shows(at(PROMPT))
  await terminal.type('Ping')
  await terminal.shows(at(`Ping  Pong\n${PROMPT}`))
  assert.equal(again.calls.filter(({ name }) => name === 'Ping').length, 1)
})
