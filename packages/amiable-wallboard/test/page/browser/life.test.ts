// The page through its days: the link is cut and comes back, a server goes stale, strangers have evil names, there are
// ten thousand calls, and nobody has a mouse.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noBrowser } from '../../../../../tools/testbed/chromium.ts'
import type { CallRow } from '../../../src/protocol/call-rows.ts'
import type { AgentRow, QueueRow } from '../../../src/protocol/rows.ts'
import { axeFaults, eventually, open, shoot, useBrowser } from '../support/browser.ts'
import { PlayedWallboard } from '../support/played-wallboard.ts'
import { Rows } from '../support/rows.ts'

useBrowser()

describe('what is shown', { skip: noBrowser }, () => {
  test('is what the frames say, and its times go on between them', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const card = opened.page.locator('[data-row="berlin/Sales"]')
    await card.waitFor()
    assert.match((await card.locator('.big strong').textContent()) ?? '', /^2$/)
    const before = await card.locator('time').first().textContent()
    server.patch([['set', 'queues', 'berlin/Sales', { waiting: 11 }]])
    await eventually(async () => assert.equal(await card.locator('.big strong').textContent(), '11'))
    await eventually(async () => assert.notEqual(await card.locator('time').first().textContent(), before))
    server.patch([['del', 'queues', 'berlin/Sales']])
    await card.waitFor({ state: 'detached' })
  })

  test('of a server that does not answer is grey, hatched and dated, and its times stand still', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    const asOf = new Date()
    asOf.setHours(14, 3, 22, 0)
    if (asOf.getTime() > Date.now()) asOf.setDate(asOf.getDate() - 1)
    server.patch([['set', 'servers', 'lisbon', { state: 'stale', asOf: asOf.getTime(), connected: false }]])
    const old = page.locator('[data-row="lisbon/Support"]')
    await old.locator('.stale-mark', { hasText: /as of .*14:03:22/ }).waitFor()
    await page.locator('.band', { hasText: 'lisbon does not answer' }).waitFor()
    const look = await old.locator('.fade').evaluate((element) => {
      const { opacity, filter } = getComputedStyle(element)
      return { opacity, filter }
    })
    assert.deepEqual(look, { opacity: '0.6', filter: 'grayscale(1)' })
    const hatch = await old.evaluate((element) => getComputedStyle(element, '::after').backgroundImage)
    assert.match(hatch, /repeating-linear-gradient/)
    // an alarm of then is no alarm of now, and nothing is done on what may be long over
    assert.equal(await page.locator('.queue-card.stale.alarm').count(), 0)
    assert.equal(await page.locator('[data-row="berlin/VIP"].stale').count(), 0)
    assert.match((await page.locator('.figures').textContent()) ?? '', /as of .*14:03:22/)
    const time = await old.locator('time').first().textContent()
    const live = page.locator('[data-row="berlin/VIP"] time').first()
    const ticking = await live.textContent()
    await eventually(async () => assert.notEqual(await live.textContent(), ticking))
    assert.equal(await old.locator('time').first().textContent(), time)
    assert.deepEqual(await axeFaults(page), [])
    await shoot(page, 'stale-server')
    // nor does what is left of a wrap-up go on
    const member = server.rows.members.find(({ queueKey }) => queueKey === 'lisbon/Support')
    assert.ok(member)
    const rests = { state: 'wrap-up', wrapUpUntil: asOf.getTime() + 42_000 } as const
    server.patch([['set', 'members', member.key, rests]])
    await page.keyboard.press('j')
    await page.keyboard.press('o')
    await page.locator(`[data-row="${member.key}"] time`, { hasText: /^0:42$/ }).waitFor()
    await page.keyboard.press('Escape')

    server.patch([['set', 'servers', 'lisbon', { state: 'live', asOf: null, connected: true }]])
    await eventually(async () => assert.equal(await page.locator('.stale').count(), 0))
  })

  test('is dated while the wallboard is away, and true again when it is back', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page, faults } = opened
    await page.locator('[data-row="berlin/Sales"]').waitFor()
    await eventually(() => assert.equal(server.streams, 1))
    await server.vanish()
    await page.locator('.band', { hasText: 'The wallboard does not answer' }).waitFor()
    assert.equal(await page.locator('.queue-card:not(.stale)').count(), 0)
    await shoot(page, 'wallboard-away')
    server.rows.queues[0] = { ...(server.rows.queues[0] as QueueRow), waiting: 88 }
    await server.listen()
    const back = performance.now()
    await eventually(async () => {
      assert.equal(await page.locator('[data-row="berlin/Sales"] .big strong').textContent(), '88')
      assert.equal(await page.locator('.stale').count(), 0)
    })
    const took = performance.now() - back
    // two seconds by the page (store/backoff.test.ts), and what a loaded machine adds
    assert.ok(took < 8_000, `it took ${took.toFixed(0)} ms`)
    assert.deepEqual(faults, [])
  })

  test('is taken again after a reset, and somebody who was signed out is asked who he is', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await eventually(() => assert.equal(server.streams, 1))
    server.rows.queues[0] = { ...(server.rows.queues[0] as QueueRow), waiting: 77 }
    server.send('reset', { why: 'slow' })
    await eventually(async () =>
      assert.equal(await page.locator('[data-row="berlin/Sales"] .big strong').textContent(), '77'),
    )
    await eventually(() => assert.equal(server.streams, 1))
    server.signIn = 'local'
    server.user = null
    server.send('reset', { why: 'rights' })
    await page.getByLabel('Password').fill('wrong')
    await page.getByLabel('User').fill('anna')
    await page.keyboard.press('Enter')
    await page.getByText('The name or the password is wrong.').waitFor()
    await page.getByLabel('Password').fill('right')
    await page.keyboard.press('Enter')
    await page.locator('[data-row="berlin/Sales"]').waitFor()
  })
})

const EVIL = [
  '<img src=x onerror="window.evil = 1"><script>window.evil = 1</script>',
  '\u202egnol si eman siht\u202c \u2066\u2067\u200f',
  'x'.repeat(65_536),
  `"'\`;--></style></script><svg onload=window.evil=1>`,
  '\u0000\u0007\u001b[31m\ud83d',
  'שלום עולם مرحبا',
  `${'‮'.repeat(500)}${'W'.repeat(5_000)}`,
  '__proto__',
]

test('hostile names are text, run nothing and break no page', { skip: noBrowser }, async () => {
  const rows = new Rows(Date.now())
  const evil = (at: number) => EVIL[at % EVIL.length] as string
  const spoil = <R extends object>(all: R[], ...fields: (keyof R)[]) => {
    for (const [at, row] of all.entries()) {
      for (const field of fields) Object.assign(row, { [field]: evil(at) })
    }
  }
  spoil(rows.queues as QueueRow[], 'name')
  spoil(rows.members, 'name', 'reason')
  spoil(rows.callers, 'name', 'number')
  spoil(rows.agents as AgentRow[], 'name', 'reason', 'withName', 'queue', 'device')
  spoil(rows.calls as CallRow[], 'fromName', 'fromNumber', 'toName', 'toNumber', 'queue', 'trunk')
  spoil(rows.legs, 'name', 'partyName', 'number')
  spoil(rows.marks, 'text')
  spoil(rows.endpoints, 'name', 'via', 'userAgent', 'hint', 'state')
  spoil(rows.trunks, 'name', 'remote', 'status')
  spoil(rows.rooms, 'name')
  spoil(rows.parties, 'name', 'number')
  spoil(rows.parked, 'name', 'number', 'space', 'lot', 'parker')
  spoil(rows.alerts, 'subject')
  await using server = await PlayedWallboard.start(rows)
  for (const width of [360, 1280]) {
    await using opened = await open(`${server.origin}/#/queues?open=${encodeURIComponent('lisbon/Support')}`, {
      viewport: { width, height: 800 },
    })
    const { page, faults } = opened
    for (const hash of [
      `#/queues?open=${encodeURIComponent('lisbon/Support')}`,
      `#/agents?open=${encodeURIComponent('lisbon/a1')}`,
      '#/calls',
      `#/calls?open=${encodeURIComponent('berlin/call0')}`,
      '#/lines',
      '#/rooms',
      '#/phone',
    ]) {
      await page.evaluate((next) => {
        location.hash = next
      }, hash)
      await page.locator('#main .name').first().waitFor()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      assert.ok(wide <= 0, `${hash}: ${wide} pixels wider than the window`)
      // no name takes more than its line, and none is longer in the document than anybody reads
      const worst = await page
        .locator('.name')
        .evaluateAll((all) => Math.max(...all.map((one) => (one.textContent ?? '').length)))
      assert.ok(worst <= 257, `${hash}: ${worst} characters`)
      await shoot(page, `hostile-${hash.slice(2).replace(/\W.*/, '')}-${width}`)
    }
    assert.equal(await page.evaluate(() => (window as { evil?: number }).evil), undefined)
    assert.equal(await page.locator('#main img, #main script').count(), 0)
    assert.deepEqual(faults, [])
  }
})

test('ten thousand calls: a screen of rows is in the document, and the last call is found', {
  skip: noBrowser,
}, async () => {
  const rows = new Rows(Date.now())
  const [call] = rows.calls
  rows.calls.length = 0
  for (let at = 0; at < 10_000; at++) {
    rows.calls.push({
      ...(call as CallRow),
      key: `berlin/n${at}`,
      fromNumber: `n${at}`,
      startedAt: rows.now - 10_000_000 + at,
    })
  }
  await using server = await PlayedWallboard.start(rows)
  await using opened = await open(`${server.origin}/#/calls`)
  const { page } = opened
  await page.locator('.call-table [data-row]').first().waitFor()
  assert.equal(await page.locator('.call-table').getAttribute('aria-rowcount'), '10001')
  assert.ok((await page.locator('.call-table [data-row]').count()) < 60)
  // somebody scrolls: each frame makes no more rows than a screen has, however many there are
  const most = await page.evaluate(async () => {
    const list = document.querySelector('.call-list') as HTMLElement
    const rowsIn = (nodes: NodeList) => [...nodes].filter((one) => one instanceof HTMLElement && one.dataset.row).length
    let made = 0
    const watch = (changes: MutationRecord[]) => {
      for (const { addedNodes } of changes) made += rowsIn(addedNodes)
    }
    const observer = new MutationObserver(watch)
    observer.observe(list, { childList: true, subtree: true })
    const most = { made: 0, shown: 0, all: 0 }
    for (let frame = 0; frame < 30; frame++) {
      made = 0
      list.scrollTop += 400
      for (let turn = 0; turn < 2; turn++) await new Promise(requestAnimationFrame)
      watch(observer.takeRecords())
      most.made = Math.max(most.made, made)
      most.shown = Math.max(most.shown, list.querySelectorAll('[data-row]').length)
      most.all += made
    }
    return most
  })
  assert.ok(most.made < 60 && most.shown < 60 && most.all > 60, JSON.stringify(most))
  await page.locator('.call-list').evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await page.locator('[data-row="berlin/n9999"]').waitFor()
  assert.equal(await page.locator('[data-row="berlin/n9999"]').getAttribute('aria-rowindex'), '10001')
  server.patch([['set', 'calls', 'berlin/n9999', { phase: 'held' }]])
  await page.locator('[data-row="berlin/n9999"]', { hasText: 'On hold' }).waitFor()
})

test('a page never shows the rows of the page before: who went to one of them with a key would lose it', {
  skip: noBrowser,
}, async () => {
  await using server = await PlayedWallboard.start()
  await using opened = await open(server.origin)
  const { page } = opened
  await page.locator('.queue-card').first().waitFor()
  await page.keyboard.type('gm')
  await page.locator('.me').waitFor()
  let letGo = () => {}
  const over = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/api/view?*', async (route) => {
    await over
    await route.continue()
  })
  // cards in each of the frames that are painted before the rows of this page come
  const seen = await page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = []
        const look = () => {
          frames.push(document.querySelectorAll('.queue-card').length)
          if (frames.length === 10) resolve(frames)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
        location.hash = '#/queues'
      }),
  )
  letGo()
  assert.deepEqual(seen, Array(10).fill(0))
  await page.locator('.queue-card').first().waitFor()
  assert.deepEqual(opened.faults, [])
})

describe('with the keyboard alone', { skip: noBrowser }, () => {
  test('one goes to pages, along rows, opens, pauses, and is helped', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.locator('[data-row]').first().waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-row'))
    for (const [keys, hash] of [
      ['ga', '#/agents'],
      ['gc', '#/calls'],
      ['gl', '#/lines'],
      ['gr', '#/rooms'],
      ['gm', '#/phone'],
      ['gq', '#/queues'],
    ] as const) {
      await page.keyboard.type(keys)
      await page.waitForFunction((wanted) => location.hash === wanted, hash)
    }
    await page.locator('.queue-card').first().waitFor()
    await page.keyboard.press('j')
    assert.equal(await focused(), 'lisbon/Support')
    await page.keyboard.press('j')
    assert.equal(await focused(), 'berlin/VIP')
    await page.keyboard.press('k')
    await page.keyboard.press('o')
    await page.locator('.open-queue').waitFor()
    await page.keyboard.press('t')
    await page.locator('table.dense').waitFor()
    await page.keyboard.press('t')
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
    assert.equal(await theme(), 'light')
    await page.keyboard.press('d')
    assert.equal(await theme(), 'dark')
    await page.keyboard.press('?')
    await page.locator('dialog[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.type('gm')
    await page.locator('.me').waitFor()
    await page.keyboard.press('3')
    await eventually(() => assert.deepEqual(server.acted.at(-1)?.params, { reason: 'Training' }))
    assert.deepEqual(opened.faults, [])
  })

  test('one finds a number, a name or a place', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('okafor')
    await page.locator('#found [role=option]').first().waitFor()
    assert.deepEqual(await axeFaults(page), [])
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.startsWith('#/agents?open='))
  })

  test('the focus stays on its row while rows change places', async () => {
    await using server = await PlayedWallboard.start()
    await using opened = await open(server.origin)
    const { page } = opened
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.press('j')
    const first = () => page.locator('.queue-card').first().getAttribute('data-row')
    assert.equal(await first(), 'lisbon/Support')
    server.patch([
      ['set', 'queues', 'lisbon/Support', { waitingLevel: null, longestLevel: null, inLevelLevel: null, waiting: 0 }],
    ])
    await page.locator('[data-row="lisbon/Support"]:not(.alarm)').waitFor()
    await page.waitForTimeout(2_500)
    assert.equal(await first(), 'lisbon/Support')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-row')), 'lisbon/Support')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await eventually(async () => assert.equal(await first(), 'berlin/VIP'))
  })
})

test('the languages of the page, kept for the next time', { skip: noBrowser }, async () => {
  await using server = await PlayedWallboard.start()
  await using opened = await open(server.origin, { locale: 'de-AT' })
  const { page, faults } = opened
  await page.getByRole('heading', { name: 'Warteschlangen' }).waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de')
  await page.getByRole('button', { name: 'Konto' }).click()
  await page.getByLabel('Sprache').selectOption('pt-BR')
  await page.getByRole('heading', { name: 'Filas', level: 1 }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Filas', level: 1 }).waitFor()
  assert.deepEqual(faults, [])
})

test('an alert is said once, and heard only by those who want it', { skip: noBrowser }, async () => {
  await using server = await PlayedWallboard.start()
  await using opened = await open(server.origin)
  const { page } = opened
  await page.evaluate(() => {
    const window_ = window as unknown as { heard: number; AudioContext: typeof AudioContext }
    window_.heard = 0
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...given) {
      window_.heard++
      return start.apply(this, given)
    }
  })
  const heard = () => page.evaluate(() => (window as unknown as { heard: number }).heard)
  const said = page.locator('[aria-live=polite]')
  await page.locator('[data-row]').first().waitFor()
  assert.equal(await said.textContent(), '', 'what went on before is no news')
  const alert = {
    key: 'n',
    rule: 'nobodyReady',
    level: 'alarm',
    server: 'berlin',
    subject: 'Returns',
    limit: null,
    since: 1,
  } as const
  server.patch([['put', 'alerts', alert]])
  await eventually(async () => assert.equal(await said.textContent(), 'Returns: nobody is ready'))
  assert.equal(await heard(), 0)
  await page.getByRole('button', { name: '3 alerts' }).click()
  await page.getByLabel('Sound').check()
  const test_ = await heard()
  assert.equal(test_, 1, 'one hears what it will be like')
  server.patch([['put', 'alerts', { ...alert, key: 'm', subject: 'Sales' }]])
  await eventually(async () => assert.equal(await said.textContent(), 'Sales: nobody is ready'))
  assert.equal(await heard(), test_ + 2)
})
