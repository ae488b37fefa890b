import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AmiEvent, type Client, connect } from 'amiable'
import { nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

/** Device states in their order, each with what an extension shows of it. */
const DEVICE_STATES: readonly (readonly [state: string, status: string, text: string])[] = [
  ['INUSE', '1', 'InUse'],
  ['RINGING', '8', 'Ringing'],
  ['ringinuse', '9', 'InUse&Ringing'],
  ['ONHOLD', '16', 'Hold'],
  ['BUSY', '2', 'Busy'],
  ['UNAVAILABLE', '4', 'Unavailable'],
  ['NOT_INUSE', '0', 'Idle'],
]

/** Values of PRESENCE_STATE, each with what it makes of a presence. */
const PRESENCES: readonly (readonly [value: string, status: string, subtype: string, message: string])[] = [
  ['away,,at lunch', 'away', '', 'at lunch'],
  ['DND,sub,a message', 'dnd', 'sub', 'a message'],
  ['chat,c3Vi,bXNn,e', 'chat', 'sub', 'msg'],
  ['available', 'available', '', ''],
]

/** States that are set by functions, and the hints that watch them. */
export function states(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: states`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: a custom device tells its states, and so does the hint that watches it`, () =>
    withHint(
      target,
      (own) => `Custom:${own}`,
      async (ami, own, hint) => {
        for (const [state, status, text] of DEVICE_STATES) {
          const told = fits(ami, 'DeviceStateChange', 'Device', `Custom:${own}`)
          const shown = fits(ami, 'ExtensionStatus', 'Exten', own)
          await set(ami, `DEVICE_STATE(Custom:${own})`, state)
          assert.equal((await told).get('State'), state.toUpperCase())
          assert.deepEqual(pick(await shown), {
            Exten: own,
            Context: 'other',
            Hint: hint,
            Status: status,
            StatusText: text,
          })
          const got = await ami.sendRaw('Getvar', { Variable: `DEVICE_STATE(Custom:${own})` })
          assert.equal(got.get('Value'), state.toUpperCase())
          const rows = await ami.listRaw('DeviceStateList').toArray()
          assert.equal(rows.find((row) => row.get('Device') === `Custom:${own}`)?.get('State'), state.toUpperCase())
          const extensions = await ami.listRaw('ExtensionStateList').toArray()
          const row = extensions.find((one) => one.get('Exten') === own)
          assert.deepEqual([row?.get('Status'), row?.get('StatusText')], [status, text])
          const asked = await ami.sendRaw('ExtensionState', { Exten: own, Context: 'other' })
          assert.deepEqual([asked.get('Status'), asked.get('StatusText')], [status, text])
        }
      },
    ))

  test(`${name}: the same state again, and one that is no state, tell nobody`, () =>
    withHint(
      target,
      (own) => `Custom:${own}`,
      async (ami, own) => {
        await set(ami, `DEVICE_STATE(Custom:${own})`, 'INUSE')
        const heard: string[] = []
        const first = fits(ami, 'DeviceStateChange', 'Device', `Custom:${own}`, 'BUSY')
        ami.on('DeviceStateChange', (event) => {
          if (event.get('Device') === `Custom:${own}`) heard.push(event.get('State') ?? '')
        })
        await set(ami, `DEVICE_STATE(Custom:${own})`, 'INUSE')
        const refused = { code: 'AMI_REFUSED', message: /Variable not set/ }
        for (const Value of ['UNKNOWN', 'nonsense', '']) {
          await assert.rejects(ami.sendRaw('Setvar', { Variable: `DEVICE_STATE(Custom:${own})`, Value }), refused)
        }
        await assert.rejects(ami.sendRaw('Setvar', { Variable: 'DEVICE_STATE(PJSIP/ep1)', Value: 'INUSE' }), refused)
        await set(ami, `DEVICE_STATE(custom:${own})`, 'BUSY')
        await first
        assert.deepEqual(
          heard.filter((state, n) => n > 0 || state !== 'INUSE'),
          ['BUSY'],
        )
      },
    ))

  test(`${name}: a hint of two devices shows both in one`, () =>
    withHint(
      target,
      (own) => `Custom:${own}&Custom:${own}b`,
      async (ami, own) => {
        const steps = [
          ['', 'INUSE', '1'],
          ['b', 'RINGING', '9'],
          ['', 'NOT_INUSE', '8'],
          ['b', 'ONHOLD', '16'],
          ['', 'BUSY', '2'],
          ['b', 'UNAVAILABLE', undefined],
          ['', 'UNAVAILABLE', '4'],
          ['', 'NOT_INUSE', '0'],
        ] as const
        for (const [device, state, status] of steps) {
          const shown = status && fits(ami, 'ExtensionStatus', 'Exten', own)
          const told = fits(ami, 'DeviceStateChange', 'Device', `Custom:${own}${device}`)
          await set(ami, `DEVICE_STATE(Custom:${own}${device})`, state)
          await told
          if (shown) assert.equal((await shown).get('Status'), status, `${own}${device} ${state}`)
        }
      },
    ))

  test(`${name}: a custom presence tells its states, and so does the hint that watches it`, () =>
    withHint(
      target,
      (own) => `Custom:${own},CustomPresence:${own}`,
      async (ami, own, hint) => {
        const Provider = `CustomPresence:${own}`
        assert.equal((await ami.sendRaw('PresenceState', { Provider })).get('State'), 'not_set')
        for (const [value, Status, Subtype, Message] of PRESENCES) {
          const told = fits(ami, 'PresenceStateChange', 'Presentity', Provider)
          const shown = fits(ami, 'PresenceStatus', 'Exten', own)
          await set(ami, `PRESENCE_STATE(${Provider})`, value)
          assert.deepEqual(pick(await told), { Presentity: Provider, Status, Subtype, Message })
          assert.deepEqual(pick(await shown), { Exten: own, Context: 'other', Hint: hint, Status, Subtype, Message })
          const rows = await ami.listRaw('PresenceStateList').toArray()
          const row = rows.find((one) => one.get('Presentity') === Provider)
          assert.deepEqual(row && pick(row), { Presentity: Provider, Status, Subtype, Message })
          assert.equal((await ami.sendRaw('PresenceState', { Provider })).get('State'), Status)
          for (const [field, wanted] of [
            ['value', Status],
            ['subtype', Subtype],
            ['message', Message],
          ]) {
            const got = await ami.sendRaw('Getvar', { Variable: `PRESENCE_STATE(${Provider},${field})` })
            assert.equal(got.get('Value'), wanted, field)
          }
        }
        const refused = { code: 'AMI_REFUSED', message: /Variable not set/ }
        for (const Value of ['nonsense', '', 'away,a,b,c']) {
          await assert.rejects(ami.sendRaw('Setvar', { Variable: `PRESENCE_STATE(${Provider})`, Value }), refused)
        }
        await assert.rejects(
          ami.sendRaw('Setvar', { Variable: `PRESENCE_STATE(Other:${own})`, Value: 'away' }),
          refused,
        )
        const nobody = { code: 'AMI_REFUSED', message: /Invalid provider Nobody:x or provider in invalid state/ }
        await assert.rejects(ami.sendRaw('PresenceState', { Provider: 'Nobody:x' }), nobody)
      },
    ))
}

/** Runs with a hint of our own, `other`'s extension `own`; takes away what it left. */
async function withHint(
  target: Target,
  watches: (own: string) => string,
  body: (ami: Client, own: string, hint: string) => Promise<void>,
): Promise<void> {
  const own = `st${Math.random().toString(36).slice(2, 8)}`
  await using ami = await connect(optionsFor(target))
  const hint = watches(own)
  const extension = { Context: 'other', Extension: own, Priority: 'hint' }
  const added = fits(ami, 'ExtensionStatus', 'Exten', own)
  await ami.sendRaw('DialplanExtensionAdd', { ...extension, Application: hint })
  assert.equal((await added).get('StatusText'), 'Idle')
  try {
    await body(ami, own, hint)
  } finally {
    await ami.sendRaw('DialplanExtensionRemove', extension, { check: false })
    for (const Key of [own, `${own}b`]) await ami.sendRaw('DBDel', { Family: 'CustomDevstate', Key }, { check: false })
    await ami.sendRaw('DBDel', { Family: 'CustomPresence', Key: own }, { check: false })
  }
}

async function set(ami: Client, Variable: string, Value: string): Promise<void> {
  assert.equal((await ami.sendRaw('Setvar', { Variable, Value })).message, 'Variable Set')
}

function fits(ami: Client, event: string, header: string, value: string, state?: string): Promise<AmiEvent> {
  return nextEvent(
    ami,
    event,
    (one) => one.actionId === undefined && one.get(header) === value && [undefined, one.get('State')].includes(state),
    `${event} of ${value}`,
  )
}

/** What an event says, without what every event says. */
function pick(event: AmiEvent): Record<string, string> {
  const common = ['Event', 'ActionID', 'Privilege', 'SystemName', 'Timestamp']
  return Object.fromEntries([...event.headers].filter(([name]) => !common.includes(name)))
}
