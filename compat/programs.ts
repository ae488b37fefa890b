// What is run and compiled in every chain. Each program talks to a simulated Asterisk that it starts itself.

const BODY = `
async function main() {
  const server = await testing.startServer({ users: { frank: 'lean' } })
  const options = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  const ami = await amiable.connect(options)
  const pong = await ami.send('Ping')
  const [events] = await Promise.all([
    testing.expectEvents(ami, [{ Event: 'Hangup', Cause: 17 }]),
    server.emit('Hangup', { Channel: 'PJSIP/100', Cause: 17 }),
  ])
  const refused = await ami.send('Hangup', { Channel: 'none' }).catch((error) => error)
  const { write } = catalog.rightsFor({ actions: ['Originate'] })
  const calls = await agi.listenAgi(() => {}, { port: 0 })
  await calls.close()
  const picture = state.watch(ami, { kinds: ['channels'] })
  await picture.ready()
  const fresh = picture.freshness.type
  await ami.close()
  await server.close()
  console.log(pong.Ping, events[0].Event, refused instanceof amiable.ActionError, refused.code, write.join(), calls.port > 0, fresh)
}
main()
`

/** What they print. */
export const SAID = 'Pong Hangup true AMI_REFUSED originate true live'

const names = ['amiable', 'testing', 'catalog', 'agi', 'state'] as const
const specifier = (name: string) => (name === 'amiable' ? name : `amiable/${name}`)

export const ESM = names.map((name) => `import * as ${name} from '${specifier(name)}'\n`).join('') + BODY
export const CJS = names.map((name) => `const ${name} = require('${specifier(name)}')\n`).join('') + BODY

/**
 * Whether a client of this runtime reads by the scan, or says that it does not; with a word, where there is no room for
 * one. And whether it delivers the events of most chunks before the next one comes, so that their values are read by
 * place; of two sockets that are read in turns, live state hears all.
 */
export const SCANS = `
import process from 'node:process'
import { inspect } from 'node:util'
let made = 0
const { Memory } = WebAssembly
const takesNone = process.argv.length > 2
WebAssembly.Memory = class extends Memory {
  constructor(size) {
    if (takesNone) throw new RangeError('no room')
    super(size)
    made++
  }
}
const { connect } = await import('amiable')
const { startServer } = await import('amiable/testing')
const server = await startServer({ users: { frank: 'lean' } })
const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
const pong = await ami.send('Ping')
const { bytesRead } = ami.stats()
const COUNT = 20_000
const ahead = []
await new Promise((resolve) => {
  ami.on('Hangup', () => {
    const { events, delivered } = ami.stats()
    ahead.push(events - delivered)
    if (delivered === COUNT - 1) resolve()
  })
  for (let i = 0; i < COUNT; i++) server.emit('Hangup', { Channel: 'PJSIP/100', Cause: 17 })
})
// The median, in chunks of 64 KiB: half a chunk where each is delivered at once, several where Bun and Deno read on. A
// runtime that reads on is noticed by its second chunk, and a machine that is busy may hold a delivery for longer.
const median = ahead.sort((one, other) => one - other)[COUNT / 2]
const chunks = (median / COUNT) * ((ami.stats().bytesRead - bytesRead) / 65_536)
const { watch } = await import('amiable/state')
const servers = [server, await startServer({ users: { frank: 'lean' } })]
const both = [ami, await connect({ host: '127.0.0.1', port: servers[1].port, username: 'frank', secret: 'lean' })]
for (const client of both) await watch(client, { kinds: ['channels'], audit: false }).ready()
const ends = both.map((client) => new Promise((resolve) => client.on('UserEvent', resolve)))
for (let i = 0; i < COUNT; i++) for (const one of servers) one.emit('Newstate', { Uniqueid: '1.1' })
for (const one of servers) one.emit('UserEvent', { UserEvent: 'end' })
await Promise.all(ends)
const dropped = both[0].stats().dropped + both[1].stats().dropped
console.log(pong.Ping, made, inspect(ami).includes('read without the scan'), chunks < 1 || chunks, dropped)
for (const client of both) await client.close()
for (const one of servers) await one.close()
`

/** The package that is required is the one that is imported, and its classes are. */
export const BOTH = `
const required = require('amiable')
import('amiable').then((imported) => {
  const error = new imported.ArgumentError('x', 'must be another')
  console.log(error instanceof required.ArgumentError, error instanceof required.AmiError)
})
`

/** A client of a Node that is too old. */
export const REFUSED = `
import { connect } from 'amiable'
connect({ host: '127.0.0.1', port: 1, username: 'frank', secret: 'lean' }).catch((error) => console.log(error.code, error.message))
`

/** Typed: what is right compiles, what is wrong does not, and one's own events are known. */
export const TYPED = `
import { type AmiEvent, type Client, connect, LostError, type RawResponse } from 'amiable'
import { actions, rightsFor } from 'amiable/catalog'
import { type AgiHandler, HangupError, listenAgi } from 'amiable/agi'
import { type Channel, watch } from 'amiable/state'
import { startServer } from 'amiable/testing'

export const ringing = (ami: Client): readonly Channel[] =>
  watch(ami, { kinds: ['channels'] }).channels.filter(({ state }) => state === 'Ringing')

export const menu: AgiHandler = async (call) => {
  const { digits } = await call.getData('enter-account', { timeout: 5_000, maxDigits: 6 })
  if (digits !== '') await call.setVariable('ACCOUNT', digits)
  // @ts-expect-error a misspelt option
  await call.streamFile('bye', { escapeDigit: '#' }).catch((error: unknown) => error instanceof HangupError)
}
export const serve = () => listenAgi(menu, { port: 0 })

declare module 'amiable' {
  interface Events { DongleNewSMS: { readonly Device: string } }
  interface Actions { DongleReset: { params: { Device: string } } }
}

export const seen: string[] = []
function log(event: AmiEvent): void {
  seen.push(event.Event)
}

export async function use(ami: Client): Promise<void> {
  ami.on('Hangup', (event) => seen.push(event.Cause))
  ami.on(['Newchannel', 'Hangup'], log)
  ami.on('DongleNewSMS', (event) => seen.push(event.Device))
  for (const row of (await ami.send('QueueStatus')).events) if (row.Event === 'QueueMember') seen.push(row.Location)
  const answer: RawResponse = await ami.send('CoreStatus')
  seen.push(answer.message)
  // @ts-expect-error a misspelt header
  ami.on('Hangup', (event) => event.Cuase)
  // @ts-expect-error a misspelt action
  ami.send('Pong').catch(() => {})
}

async function main(): Promise<void> {
  const server = await startServer({ users: { frank: 'lean' } })
  const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const pong = await ami.send('Ping')
  const refused: unknown = await ami.send('Hangup', { Channel: 'none' }).catch((error: unknown) => error)
  await ami.close()
  await server.close()
  const code = refused instanceof Error && !(refused instanceof LostError) ? (refused as { code?: string }).code : ''
  console.log(pong.Ping, actions.MixMonitor.twice, code, rightsFor({ actions: ['Originate'] }).write.join())
}
void main()
`

/** What it prints. */
export const TYPED_SAID = 'Pong true AMI_REFUSED originate'

/** Writes a program that exports what it never names: the type of each answer, row and event is in its declarations. */
export const INFER = `
import { writeFileSync } from 'node:fs'
import { actions, events } from 'amiable/catalog'

const parts = ["import type { AmiEvent, Client, Fleet } from 'amiable'"]
for (const [name, { rows }] of Object.entries(actions)) {
  parts.push(\`export const send\${name} = (ami: Client) => ami.send('\${name}', {} as never)\`)
  if (rows.length > 0) parts.push(\`export const list\${name} = (ami: Client) => ami.list('\${name}', {} as never).toArray()\`)
}
for (const [at, name] of Object.keys(events).entries()) {
  parts.push(\`export const event\${at} = async (ami: Client) => { for await (const e of ami.events('\${name}')) return e; return undefined }\`)
}
for (const member of ['status', 'stats', 'originate', 'send', 'list', 'sendRaw', 'on', 'events', 'close', 'closed', 'state']) {
  parts.push(\`export const member_\${member} = (ami: Client) => ami.\${member}\`)
}
for (const member of ['status', 'broadcast', 'on', 'events', 'close', 'get']) {
  parts.push(\`export const fleet_\${member} = (fleet: Fleet) => fleet.\${member}\`)
}
parts.push(
  "export const statuses = async (ami: Client) => { for await (const s of ami.status()) return { ...s }; return undefined }",
  "export const state = (event: AmiEvent<'Newchannel'>) => event.ChannelStateDesc",
  "export const mode = (event: AmiEvent<'BridgeCreate'>) => event.BridgeVideoSourceMode",
)
writeFileSync('program.ts', parts.join('\\n'))
`

/** A test as people write it for Jest, which it is given as it comes. */
export const JEST = `
const { connect, ActionError } = require('amiable')
const { expectEvents, like, startServer } = require('amiable/testing')
const { actions } = require('amiable/catalog')

test('an answer, a row, a refusal', async () => {
  const server = await startServer({ users: { frank: 'lean' } })
  const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  expect((await ami.send('Ping')).Ping).toBe('Pong')
  await expect(ami.send('Hangup', { Channel: 'none' })).rejects.toBeInstanceOf(ActionError)
  expect(actions.MixMonitor.twice).toBe(true)
  const seen = expectEvents(ami, ['Hangup'])
  server.emit('Hangup', { Channel: 'PJSIP/100', Cause: 17 })
  expect(await seen).toEqual([like({ Event: 'Hangup', Channel: /^PJSIP/, Cause: 17 })])
  expect(await seen).not.toContainEqual(like('Newchannel'))
  const [event] = await seen
  for (const compare of [() => expect(event).toEqual({ a: 1 }), () => expect({ event }).toMatchObject({ event: { Cause: 'x' } })]) {
    expect(compare).toThrow(/[Ee]xpected/)
  }
  await ami.close()
  await server.close()
})

// each matcher passes for what is right, and fails for what is wrong
const channel = 'PJSIP/100'
const comparisons = {
  toMatchObject: (event, Channel) => expect(event).toMatchObject({ Event: 'Hangup', Channel }),
  'toMatchObject of a list': (event, Channel) => expect([event]).toMatchObject([{ Channel }]),
  objectContaining: (event, Channel) => expect(event).toEqual(expect.objectContaining({ Channel })),
  'objectContaining in a list': (event, Channel) => expect([event]).toContainEqual(expect.objectContaining({ Channel })),
  like: (event, Channel) => expect(event).toEqual(like({ Channel })),
  'like in an object': (event, Channel) => expect({ event }).toEqual({ event: like({ Channel }) }),
  'toEqual of toJSON()': (event, Channel) => expect(event.toJSON()).toEqual(expect.objectContaining({ Event: 'Hangup', Channel })),
  'toHaveProperty of toJSON()': (event, Channel) => expect(event.toJSON()).toHaveProperty('Channel', Channel),
  'toEqual of an event': (event, Channel, other) => expect(event).toEqual(Channel === channel ? event : other),
  'toStrictEqual of an event': (event, Channel, other) => expect(event).toStrictEqual(Channel === channel ? event : other),
}

test('the matchers that compare events', async () => {
  const server = await startServer({ users: { frank: 'lean' } })
  const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const seen = expectEvents(ami, ['Hangup', 'Hangup'])
  server.emit('Hangup', { Channel: channel, Cause: 17 })
  server.emit('Hangup', { Channel: channel, Cause: 17 })
  const [event, other] = await seen
  for (const [name, compare] of Object.entries(comparisons)) {
    const judged = [channel, 'PJSIP/101'].map((value) => {
      try {
        compare(event, value, other)
        return 'passes'
      } catch (error) {
        return /expected/i.test(error.message) ? 'fails' : error
      }
    })
    expect([name, ...judged]).toEqual([name, 'passes', 'fails'])
  }
  expect(event).not.toMatchObject({ Channel: 'PJSIP/101' })
  expect(event).not.toMatchObject({ Nothing: 'x' })
  expect(() => expect(event).not.toMatchObject({ Channel: channel })).toThrow(/expected/i)
  expect(event).not.toEqual({ ...event.toJSON() })
  expect(event).not.toHaveProperty('Nothing')
  // the page says so of this one: Jest reads the header and looks no further, and vitest asks whether it is a member
  const takesAny = typeof jest === 'object'
  const wrong = () => expect(event).toHaveProperty('Channel', 'PJSIP/101')
  if (takesAny) wrong()
  else expect(wrong).toThrow(/expected/i)
  await ami.close()
  await server.close()
})
`

/** Fake timers, as docs/guides/testing-with-jest.md sets them. */
export const JEST_TIMERS = `
const { connect } = require('amiable')
const { startServer } = require('amiable/testing')

test('a client connects with fake timers', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
  const server = await startServer({ users: { frank: 'lean' } })
  const ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  expect((await ami.send('Ping')).Ping).toBe('Pong')
  await ami.close()
  await server.close()
})
`

export const VITEST = `
import { connect, ActionError } from 'amiable'
import { expectEvents, like, startServer } from 'amiable/testing'
import { actions } from 'amiable/catalog'
import { expect, test } from 'vitest'
${JEST.slice(JEST.indexOf('test('))}`

/** A program in an editor; each mark is a place where its user asks for completion. */
export const EDITED = `
import type { Actions, Client, Events } from 'amiable'
export function use(ami: Client): void {
  ami.on('Hangup', (event) => event./*|*/Cause)
  ami.on(['Hangup', 'Newchannel'], (event) => event['/*|*/Uniqueid'])
  void ami.send('QueuePause', { /*|*/Interface: 'PJSIP/100', Paused: true })
  void ami./*|*/command('core show version')
  void ami.send('/*|*/QueuePause', { Interface: 'PJSIP/100', Paused: true })
  ami.on('/*|*/Hangup', () => {})
}
export type Pause = Actions['/*|*/QueuePause']
export type End = Events['/*|*/Hangup']
`

/** What completion says of each: the name that is chosen, and how its text begins. */
export const EDITED_SAID = [
  ['Cause', 'The Q.850 cause.'],
  ['Uniqueid', 'Names the channel; never used again.'],
  ['Queue', 'The queue’s name'],
  ['command', 'Runs a CLI command.'],
  // a string in a call: TypeScript makes these out of types, which have no comment (stringLiteralCompletionDetails)
  ['QueuePause', undefined],
  ['Hangup', undefined],
  ['QueuePause', 'Pauses'],
  ['Hangup', 'A channel'],
] as const

/** Asks the language service, and prints what it says as JSON. */
export const EDITOR = `
const ts = require('typescript')
const { existsSync, readFileSync } = require('node:fs')
const { resolve } = require('node:path')
const [, , options] = process.argv
const settings = ts.convertCompilerOptionsFromJson(JSON.parse(options), process.cwd()).options
const file = resolve('program.ts')
const pieces = readFileSync('edited.txt', 'utf8').split('/*|*/')
const text = pieces.join('')
const read = (name) => (name === file ? text : existsSync(name) ? readFileSync(name, 'utf8') : undefined)
const service = ts.createLanguageService({
  ...ts.sys,
  useCaseSensitiveFileNames: () => true,
  getCompilationSettings: () => settings,
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => { const own = read(name); return own === undefined ? undefined : ts.ScriptSnapshot.fromString(own) },
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getCurrentDirectory: () => process.cwd(),
  fileExists: (name) => name === file || existsSync(name),
  readFile: read,
})
const wanted = JSON.parse(readFileSync('wanted.json', 'utf8'))
let at = 0
const said = wanted.map(([name], i) => {
  at += pieces[i].length
  const details = service.getCompletionEntryDetails(file, at, name, {}, undefined, {}, undefined)
  return [name, details && ts.displayPartsToString(details.documentation)]
})
console.log(JSON.stringify({ faults: service.getSemanticDiagnostics(file).length, said }))
`
