import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, connect } from 'amiable'
import { type Kind, type State, watch } from 'amiable/state'
import { SILENCE } from '../support/calls.ts'
import { nextEvent, optionsFor } from '../support/client.ts'
import type { OurAsterisk, Target } from '../targets.ts'
import { differences, listed } from './lists.ts'
import { KINDS } from './support/kinds.ts'
import { pictured } from './support/pictured.ts'
import { Provider, Telephone } from './support/sip.ts'

/** What only a real Asterisk has: telephones that register, providers, mailboxes, agents in a call. */
export function telephones(target: OurAsterisk): void {
  const { name, server } = target

  test(`${name}: a telephone that registers is a contact until it ends`, async () => {
    await using ami = await connect(optionsFor(target))
    await using state = await watched(ami, ['endpoints', 'contacts'])
    const transports = await server.cli('pjsip show transports')
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(transports)?.[1])
    await using phone = await Telephone.start({ name: 'ep2', secret: 'x2', server: port })
    const key = `ep2/${phone.uri}`
    try {
      assert.equal(await phone.register(60), 'SIP/2.0 200 OK')
      await until(() => state.contacts.has(key) && state.endpoints.get('ep2')?.state === 'notInUse')
      await assertTrue(state, ami)
      await state.refresh('contacts')
      const contact = state.contacts.get(key)
      assert.deepEqual([contact?.endpoint, contact?.userAgent], ['ep2', 'Telephone 1'])
      const seconds = ((contact?.expiresAt?.getTime() ?? 0) - Date.now()) / 1_000
      assert.ok(seconds > 50 && seconds < 61, `it ends in ${seconds} s`)
      assert.deepEqual(await state.audit('contacts', 'endpoints'), [])
    } finally {
      await phone.register(0)
    }
    await until(() => !state.contacts.has(key) && state.endpoints.get('ep2')?.state === 'unavailable')
    await assertTrue(state, ami)
  })

  test(`${name}: a registration is what the provider says of it, and is found when it was configured`, async () => {
    await using provider = await Provider.start()
    await using ami = await connect(optionsFor(target))
    await using state = await watched(ami, ['trunks'])
    assert.equal(state.trunks.size, 0)
    const file = join(server.root, 'etc/asterisk/pjsip.conf')
    const before = readFileSync(file)
    const uri = `sip:${target.host}:${provider.port}`
    const reload = () => ami.send('Reload', { Module: 'res_pjsip_outbound_registration.so' })
    try {
      appendFileSync(
        file,
        `\n[provider]\ntype = registration\ntransport = transport-udp\nserver_uri = ${uri}\n` +
          `client_uri = sip:me@${target.host}\nretry_interval = 1\nforbidden_retry_interval = 1\n`,
      )
      await reload()
      await until(() => state.trunks.get('PJSIP/provider')?.status === 'Registered')
      await assertTrue(state, ami)
      provider.answer = '403 Forbidden'
      await ami.send('PJSIPRegister', { Registration: 'provider' })
      await until(() => state.trunks.get('PJSIP/provider')?.status === 'Rejected')
      await assertTrue(state, ami)
    } finally {
      writeFileSync(file, before)
      await reload()
    }
    await until(() => state.trunks.size === 0)
  })

  test(`${name}: a message that is left changes a mailbox, and an audit finds that it vanished from the disk`, async () => {
    await using ami = await connect(optionsFor(target))
    await using state = await watched(ami, ['mailboxes'])
    const had = state.mailboxes.get('1234@default')?.new ?? 0
    const box = join(server.root, 'var/spool/asterisk/voicemail/default/1234')
    const inbox = join(box, 'INBOX')
    try {
      const dial = { Channel: 'Local/vm@default/n', ...SILENCE, Async: true, ChannelId: `vm-${process.pid}` }
      await ami.sendRaw('Originate', dial)
      await until(() => hasRecorded(join(box, 'tmp')))
      await ami.sendRaw('Hangup', { Channel: '/^Local\\/vm/' }, { check: false })
      await until(() => state.mailboxes.get('1234@default')?.new === had + 1)
      await assertTrue(state, ami)
    } finally {
      rmSync(inbox, { recursive: true, force: true })
    }
    const [found] = await state.audit('mailboxes')
    assert.deepEqual([found?.key, found?.fields], ['1234@default', ['new']])
    await assertTrue(state, ami)
    await ami.send('VoicemailRefresh', { Context: 'default', Mailbox: '1234' })
  })

  agents(target)
}

/** Whether some seconds of a message are on the disk: shorter ones are no message. */
function hasRecorded(folder: string): boolean {
  const files = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []
  return files.some((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 30_000)
}

/** What every Asterisk has that has agents. */
export function agents(target: Target): void {
  const { name } = target

  test(`${name}: an agent is idle, on a call, idle again and gone, as its list says`, async () => {
    await using ami = await connect(optionsFor(target))
    await using state = await watched(ami, ['agents'])
    const as = (status: string) => state.agents.get('1001')?.state === status
    const dial = async (extension: string) => {
      const ChannelId = randomUUID()
      // one that is still to be made is hung up by nobody
      const made = nextEvent(ami, 'Newchannel', (event) => event.get('Uniqueid') === ChannelId)
      const far = { Channel: `Local/${extension}@default/n`, Application: 'Wait', Data: 60, Async: true }
      await ami.sendRaw('Originate', { ...far, ChannelId })
      await made
    }
    try {
      await dial('agent')
      await until(() => as('idle'))
      await assertTrue(state, ami)
      // for five seconds after its login an agent is given no call (app_agent_pool.c:LOGIN_WAIT_TIMEOUT_TIME)
      await until(async () => {
        await dial('agentcall')
        return as('onCall')
      }, 1_000)
      assert.equal(await statusOf(ami), 'AGENT_ONCALL')
      await ami.sendRaw('Hangup', { Channel: '/^Local\\/agentcall/' }, { check: false })
      await until(() => as('idle'))
      assert.equal(await statusOf(ami), 'AGENT_IDLE')
      assert.deepEqual(await state.audit('agents'), [])
    } finally {
      await ami.sendRaw('Hangup', { Channel: '/^Local\\/agent/' }, { check: false })
    }
    await until(() => as('loggedOff'))
    await assertTrue(state, ami)
  })
}

async function watched(ami: Client, kinds: readonly Kind[]): Promise<State> {
  const state = watch(ami, { kinds, audit: false })
  await state.ready()
  return state
}

async function statusOf(ami: Client): Promise<string | undefined> {
  const { events } = await ami.sendRaw('Agents')
  return events.find((row) => row.get('Agent') === '1001')?.get('Status')
}

async function until(test: () => boolean | Promise<boolean>, pace = 20): Promise<void> {
  const began = performance.now()
  while (!(await test())) {
    assert.ok(performance.now() - began < 20_000, `it does not become so: ${test}`)
    await sleep(pace)
  }
}

/** Compares what a model keeps with fresh lists. */
async function assertTrue(state: State, ami: Client): Promise<void> {
  const kept = Object.keys(state.snapshot().freshness)
  const others = KINDS.filter((kind) => !kept.includes(kind))
  const isKept = (line: string) =>
    !others.some((kind) => line.startsWith(`${kind}:`)) && !/^(members|callers):/.test(line)
  const found = () => listed(ami).then((truth) => differences(truth, pictured(state)).filter(isKept))
  await until(async () => (await found()).length === 0, 50).catch(() => {})
  assert.deepEqual(await found(), [])
}
