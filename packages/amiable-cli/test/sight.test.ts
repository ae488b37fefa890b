// The live screens for accounts that the events are kept from: they must not call themselves live.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../tools/testbed/tmux.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const server = await startServer({
  users: {
    console: { secret: 'lean', read: ['call', 'system'] },
    deaf: { secret: 'lean', read: ['call', 'system'], write: ['reporting', 'system', 'call'] },
    plain: { secret: 'lean', read: ['agent', 'call', 'system'], write: ['reporting', 'system', 'call'] },
  },
  queues: { sales: { members: [{ interface: 'PJSIP/300', name: 'Ann' }] } },
})
const place = (username: string) => ({ port: server.port, username, secret: 'lean' })
const line = new CommandLine({ console: place('console'), deaf: place('deaf'), plain: place('plain') })
writeFileSync(`${line.home}/amiable`, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`, { mode: 0o755 })
const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const { queues } = server

test('an account without read = agent is told so, where the console says it', { skip }, async () => {
  await using terminal = await Terminal.open(env, 110, 16)
  await terminal.type('amiable queue -c console --watch')
  await terminal.shows((screen) =>
    /^console {2}NO EVENTS: read = agent is missing; asked every 5\.0 s, last at [\d:]{8} {2}q leaves\n/.test(screen),
  )
  await terminal.press('q')
  await terminal.shows((screen) => screen.endsWith('$'))
  await terminal.type('amiable top -c console')
  await terminal.shows((screen) => screen.startsWith('console  live'))
  await terminal.press('3')
  await terminal.shows((screen) => screen.startsWith('console  NO EVENTS: read = agent is missing'))
  await terminal.press('q')
  await terminal.shows((screen) => screen.endsWith('$'))
})

test('without the console it is not known, until an event of the class comes', { skip }, async () => {
  await using terminal = await Terminal.open(env, 110, 16)
  await terminal.type('amiable queue -c plain --watch')
  await terminal.shows((screen) =>
    /^plain {2}asked every 5\.0 s, last at .*no event of read = agent has come yet/.test(screen),
  )
  queues.pause('sales', 'PJSIP/300', true, 'lunch')
  await terminal.shows((screen) => screen.startsWith('plain  live') && /Ann +paused/.test(screen))
  await terminal.press('q')
  await terminal.shows((screen) => screen.endsWith('$'))
  queues.pause('sales', 'PJSIP/300', false)
})

test('what is another at the next look without an event shows that none come', { skip }, async () => {
  await using terminal = await Terminal.open(env, 110, 16)
  await terminal.type('amiable queue -c deaf --watch')
  await terminal.shows((screen) => screen.startsWith('deaf  asked every'))
  queues.pause('sales', 'PJSIP/300', true, 'lunch')
  // it is there all the same, at the next look
  const shown = await terminal.shows((screen) => /Ann +paused/.test(screen) && screen.includes('NO EVENTS'))
  assert.match(shown, /^deaf {2}NO EVENTS: read = agent is missing/)
  await terminal.press('q')
  await terminal.shows((screen) => screen.endsWith('$'))
  // nothing was asked that the account may not
  const refused = server.calls.filter(({ name, outcome }) => name === 'Command' && outcome === 'refused')
  assert.deepEqual(refused, [])
})
