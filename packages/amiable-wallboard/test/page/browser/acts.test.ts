// What can be done from the page: each verb is a verb and a key, each role sees what it may, and what was asked for is
// pending until the server says what became of it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import { readRequest } from '../../../src/actions/request.ts'
import type { Role } from '../../../src/protocol/person.ts'
import { eventually, open, useBrowser } from '../support/browser.ts'
import { PlayedWallboard, userOf } from '../support/played-wallboard.ts'

useBrowser()

/** Presses a button of a row. */
async function press(page: Page, key: string, verb: string): Promise<void> {
  await page.locator(`[data-row="${key}"] [data-verb=${verb}]`).first().click()
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
}

describe('an action', { skip: noBrowser }, () => {
  test('of every kind is asked for by its verb, the key of its row and the stamp that was shown', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    const fill = async (text: string) => {
      await page.locator('.ask input').fill(text)
      await page.keyboard.press('Enter')
    }
    const sure = async () => page.locator('.ask button[type=submit]').click()
    await go(page, `#/queues?open=${encodeURIComponent('lisbon/Support')}`)
    await press(page, 'lisbon/Support/c0', 'priority')
    await fill('7')
    await press(page, 'lisbon/Support/c1', 'redirect')
    await fill('200')
    await press(page, 'lisbon/Support/c2', 'withdraw')
    await sure()
    await press(page, 'lisbon/Support/0', 'pause')
    await page.locator('.ask select').selectOption('Lunch')
    await sure()
    await press(page, 'lisbon/Support/1', 'logout')
    await sure()
    await press(page, 'lisbon/Support/2', 'penalty')
    await fill('3')
    await page.locator('.open-queue [data-verb=resetStatistics]').click()
    await sure()
    await eventually(() => assert.equal(server.acted.at(-1)?.verb, 'penalty', 'once is not enough'))
    await sure()
    await go(page, `#/agents?open=${encodeURIComponent('lisbon/a1')}`)
    for (const verb of ['listen', 'whisper', 'barge']) {
      await press(page, 'lisbon/a1', verb)
      await fill(`coaching: ${verb}`)
    }
    await go(page, '#/calls')
    await press(page, 'berlin/call2', 'hangup')
    await sure()
    await go(page, `#/calls?open=${encodeURIComponent('berlin/call0')}`)
    await press(page, 'berlin/leg3', 'transfer')
    await fill('+4930123')
    await press(page, 'berlin/leg3', 'park')
    await go(page, '#/rooms')
    await press(page, 'r1', 'lock')
    await press(page, 'r2', 'unlock')
    await press(page, 'p0', 'mute')
    await press(page, 'p1', 'unmute')
    await press(page, 'p2', 'kick')
    await sure()
    await press(page, 'k0', 'pick')
    await go(page, '#/phone')
    await page.locator('.dial input').fill('+49 (30) 123-456')
    await page.keyboard.press('Enter')
    await page.locator('[data-reason="1"]').click()
    await page.getByRole('button', { name: 'Account' }).click()
    await page.locator('.server-actions [data-verb=reloadQueues]').first().click()
    await sure()
    await page.locator('.ask', { hasText: 'Really? This is for everybody.' }).waitFor()
    await sure()
    await eventually(() => assert.equal(server.acted.length, 22, server.acted.map(({ verb }) => verb).join()))
    const given = server.acted.map(({ verb, key, params, stamp }) => [verb, key, params, stamp])
    assert.deepEqual(given, [
      ['priority', 'lisbon/Support/c0', { priority: 7 }, '0'],
      ['redirect', 'lisbon/Support/c1', { to: '200' }, '1'],
      ['withdraw', 'lisbon/Support/c2', {}, '2'],
      ['pause', 'lisbon/Support/0', { reason: 'Lunch' }, 'in call'],
      ['logout', 'lisbon/Support/1', {}, 'paused'],
      ['penalty', 'lisbon/Support/2', { penalty: 3 }, 'unavailable'],
      ['resetStatistics', 'lisbon/Support', { confirmed: true }, undefined],
      ['listen', 'lisbon/a1', { reason: 'coaching: listen' }, 'in call'],
      ['whisper', 'lisbon/a1', { reason: 'coaching: whisper' }, 'in call'],
      ['barge', 'lisbon/a1', { reason: 'coaching: barge' }, 'in call'],
      ['hangup', 'berlin/call2', {}, '2'],
      ['transfer', 'berlin/leg3', { to: '+4930123' }, 'Up'],
      ['park', 'berlin/leg3', {}, 'Up'],
      ['lock', 'r1', {}, undefined],
      ['unlock', 'r2', {}, undefined],
      ['mute', 'p0', {}, ''],
      ['unmute', 'p1', {}, ''],
      ['kick', 'p2', {}, ''],
      ['pick', 'k0', {}, ''],
      ['dial', null, { number: '+4930123456' }, undefined],
      ['pause', 'berlin/a0', { reason: 'Lunch' }, 'ready'],
      ['reloadQueues', 'berlin', { confirmed: true }, undefined],
    ])
    for (const { id } of server.acted) assert.match(id, /^[\w-]{16,64}$/)
    // the server takes all of it
    for (const one of server.acted) assert.deepEqual(readRequest(one), one)
    assert.equal(new Set(server.acted.map(({ id }) => id)).size, 22)
    assert.deepEqual(opened.faults, [])
  })

  test('that is confirmed is on what was clicked, also if the row has changed hands meanwhile', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/calls`)
    const { page } = opened
    await press(page, 'berlin/call2', 'hangup')
    server.patch([['set', 'calls', 'berlin/call2', { stamp: 'of others', fromName: 'Somebody else' }]])
    await page.locator('[data-row="berlin/call2"]').getByText('Somebody else').waitFor()
    await page.locator('.ask button[type=submit]').click()
    await eventually(() => assert.equal(server.acted.length, 1))
    const { id, verb, key, stamp } = server.acted[0] as NonNullable<(typeof server.acted)[0]>
    assert.equal(stamp, '2')
    server.send('outcome', { id, verb, key, state: 'failed', code: 'refused', message: 'no', at: Date.now() })
    // asked again it is on what is shown now
    await press(page, 'berlin/call2', 'hangup')
    await page.locator('.ask button[type=submit]').click()
    await eventually(() => assert.equal(server.acted.length, 2))
    assert.equal(server.acted[1]?.stamp, 'of others')
    assert.deepEqual(opened.faults, [])
  })

  test('is pending until the server says what became of it, and cannot be asked for twice meanwhile', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    const lock = page.locator('[data-row=r1] [data-verb=lock]')
    await lock.dblclick()
    const note = page.locator('[data-row=r1] .pending').first()
    await note.waitFor()
    assert.match((await note.textContent()) ?? '', /Lock: Sent/)
    assert.equal(await lock.isDisabled(), true)
    await eventually(() => assert.equal(server.acted.length, 1))
    const { id, verb, key } = server.acted[0] as NonNullable<(typeof server.acted)[0]>
    const outcome = { id, verb, key, code: null, message: null, at: Date.now() }
    // it stands there for a moment, and a busy machine may look for one thing after the other too late
    const shown = Promise.all([
      page.locator('[data-row=r1] [data-verb=unlock]').waitFor(),
      page.locator('[data-row=r1] .pending', { hasText: 'Done' }).waitFor(),
    ])
    server.patch([['set', 'rooms', 'r1', { locked: true }]])
    server.send('outcome', { ...outcome, state: 'done' })
    await shown
    await page.locator('[data-row=r1] .pending').waitFor({ state: 'detached' })

    await page.locator('[data-row=r1] [data-verb=unlock]').click()
    await eventually(() => assert.equal(server.acted.length, 2))
    const second = server.acted[1] as NonNullable<(typeof server.acted)[0]>
    server.send('outcome', { ...outcome, id: second.id, verb: 'unlock', state: 'unconfirmed' })
    await page.locator('[data-row=r1] .failed', { hasText: 'not confirmed' }).waitFor()
  })

  test('that is refused says why, and Asterisk’s own words stay', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/rooms`)
    const { page } = opened
    server.answer = () => ({ status: 409, refusal: { code: 'changed', message: 'x' } })
    await press(page, 'p0', 'mute')
    await page.locator('[data-row=p0] .failed', { hasText: 'it is over, or has changed hands' }).waitFor()
    server.answer = ({ id, verb, key }) => ({
      id,
      verb,
      key,
      state: 'failed',
      code: 'refused',
      message: 'No Conference by that name found.',
      at: 0,
    })
    await press(page, 'p1', 'unmute')
    await page.locator('[data-row=p1] .failed', { hasText: 'No Conference by that name found.' }).waitFor()
  })

  test('that cannot be taken back is asked in place: Escape cancels, and the focus is where it was', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/calls`)
    const { page } = opened
    await press(page, 'berlin/call0', 'hangup')
    await page.locator('.ask').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.ask').waitFor({ state: 'detached' })
    await eventually(async () =>
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-verb')), 'hangup'),
    )
    assert.deepEqual(server.acted, [])
  })

  test('takes no more than the server does: a longer reason, another number and a larger count cannot be sent', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/agents?open=${encodeURIComponent('lisbon/a1')}`)
    const { page } = opened
    const field = page.locator('.ask input')
    const isWrong = () => field.evaluate((input: HTMLInputElement) => input.validity.patternMismatch)
    await press(page, 'lisbon/a1', 'listen')
    await field.pressSequentially('x'.repeat(70))
    await page.keyboard.press('Enter')
    await eventually(() => assert.equal(server.acted.length, 1))
    assert.deepEqual(server.acted[0]?.params, { reason: 'x'.repeat(64) })
    await go(page, `#/queues?open=${encodeURIComponent('lisbon/Support')}`)
    for (const [verb, wrong, right, params] of [
      ['redirect', ['49+30', '+', 'SIP/x', '1'.repeat(33)], '+49301#', { to: '+49301#' }],
      ['priority', ['1001', '-1', '1e2'], '1000', { priority: 1_000 }],
    ] as const) {
      await press(page, 'lisbon/Support/c1', verb)
      for (const text of wrong) {
        await field.fill(text)
        await page.keyboard.press('Enter')
        assert.equal(await isWrong(), true, text)
      }
      await field.fill(right)
      await page.keyboard.press('Enter')
      await field.waitFor({ state: 'detached' })
      // the field goes before the request has come
      await eventually(() => assert.deepEqual(server.acted.at(-1)?.params, params))
    }
    assert.equal(server.acted.length, 3)
    for (const one of server.acted) assert.deepEqual(readRequest(one), one)
  })

  test('dials at once, before the rows of the page have come', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    let come = () => {}
    server.slow = new Promise<void>((resolve) => {
      come = resolve
    })
    await go(page, '#/phone')
    await page.locator('.dial input').fill('201')
    await page.keyboard.press('Enter')
    await eventually(() => assert.deepEqual(server.acted[0]?.params, { number: '201' }))
    come()
    await page.locator('.my-queues li').first().waitFor()
    assert.deepEqual(opened.faults, [])
  })

  test('to listen wants a reason', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(`${server.origin}/#/agents?open=${encodeURIComponent('lisbon/a1')}`)
    const { page } = opened
    await press(page, 'lisbon/a1', 'listen')
    await page.locator('.ask input').waitFor()
    await page.keyboard.press('Enter')
    assert.equal(
      await page.locator('.ask input').evaluate((input: HTMLInputElement) => input.validity.valueMissing),
      true,
    )
    assert.deepEqual(server.acted, [])
  })
})

/** The verbs that each role finds on each page; a supervisor has what an agent has on everybody. */
const FOUND: Readonly<Record<Exclude<Role, 'display'>, Readonly<Record<string, readonly string[]>>>> = {
  viewer: { queues: [], agents: [], calls: [], rooms: [] },
  agent: {
    queues: [],
    agents: ['pause'],
    calls: ['hangup'],
    rooms: ['pick'],
    phone: ['hangup', 'login', 'logout', 'park', 'pick', 'transfer'],
  },
  supervisor: {
    queues: ['logout', 'pause', 'penalty', 'priority', 'redirect', 'unpause', 'withdraw'],
    agents: ['pause'],
    calls: ['hangup'],
    rooms: ['kick', 'lock', 'mute', 'pick', 'unlock', 'unmute'],
    phone: ['hangup', 'login', 'logout', 'park', 'pick', 'transfer'],
  },
  admin: {
    queues: ['logout', 'pause', 'penalty', 'priority', 'redirect', 'resetStatistics', 'unpause', 'withdraw'],
    agents: ['pause'],
    calls: ['hangup'],
    rooms: ['kick', 'lock', 'mute', 'pick', 'unlock', 'unmute'],
    phone: ['hangup', 'login', 'logout', 'park', 'pick', 'transfer'],
  },
}

describe('a role', { skip: noBrowser }, () => {
  for (const [role, pages] of Object.entries(FOUND)) {
    test(`${role} finds what it may do, and nothing else`, async () => {
      await using server = await PlayedWallboard.start()
      server.user = userOf(role as Role)
      await using opened = await open(server.origin)
      const { page } = opened
      assert.equal(await page.locator('.rail a[href^="#/phone"]').count(), role === 'viewer' ? 0 : 1)
      const hashes: Readonly<Record<string, string>> = {
        queues: `#/queues?open=${encodeURIComponent('lisbon/Support')}`,
        agents: `#/agents?open=${encodeURIComponent('berlin/a0')}`,
        calls: '#/calls',
        rooms: '#/rooms',
        phone: '#/phone',
      }
      for (const [name, verbs] of Object.entries(pages)) {
        await go(page, hashes[name] ?? '')
        await page.locator('#main [data-row]').first().waitFor()
        await eventually(async () => {
          const found = await page
            .locator('#main [data-verb]')
            .evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('data-verb')))].sort())
          assert.deepEqual(found, verbs, name)
        })
      }
    })
  }
})
