// needs: asterisk-22
// How long it takes until every page is equal to snapshot(): after a change, and after each thing that was away is back. The
// pages write down what they show by the clock of the browser, and another client of Asterisk writes down what is so; both
// clocks are those of this machine. OUT names a file for the figures: those of docs/performance.md.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import { type Kind, type Snapshot, watch } from 'amiable/state'
import { startServer } from 'amiable/testing'
import type { Page } from 'playwright-core'
import { until } from '../../../tools/servers/asterisk/process.ts'
import { noBrowser, startBrowser } from '../../../tools/testbed/chromium.ts'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import { SilentLink } from '../../../tools/testbed/silent-link.ts'
import {
  BOARD,
  record,
  recorded,
  type Sight,
  sightsOf,
  textsOf,
  visit,
} from '../../../tools/testbed/wallboard-pages.ts'
import { type Target, withAsterisk } from '../../targets.ts'
import { WallboardProcess } from '../program.ts'

const KINDS: readonly Kind[] = ['calls', 'queues', 'rooms', 'parking', 'devices', 'endpoints', 'contacts', 'trunks']
const LONG = 60_000
/** Nothing has changed for so long: what is so now is what has to be shown. */
const QUIET = 700

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000))

/** What is away and comes back; resolves with the moment at which it is back. */
type Return = () => Promise<number>

async function measure(target: Target, restart: Return): Promise<void> {
  await using link = await SilentLink.to(target.port)
  let front = 0
  await using outer = await SilentLink.to(() => front)
  const wallboard = new WallboardProcess({ ...target, port: link.port }, [
    'signIn: { mode: none, role: admin, device: { server: pbx1, interface: Local/member@default } }',
    `boards: ${JSON.stringify({ hall: BOARD })}`,
    `hosts: ["127.0.0.1:${outer.port}"]`,
  ])
  const browser = await startBrowser()
  try {
    await wallboard.start()
    front = Number(new URL(wallboard.url).port)
    const { host, port, username, secret } = target
    await using oracle = await connect({ host, port, username, secret, reconnect: { maxDelay: 200 } })
    await using state = watch(oracle, { kinds: KINDS })
    await state.ready()
    const sights = sightsOf({ server: 'pbx1', board: '/wall/hall', device: 'Local/member@default' })
    const pages: Page[] = []
    for (const sight of sights) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${outer.port}/`)
      await visit(page, sight)
      await record(page, sight)
      pages.push(page)
    }
    // what is so, by the same form, each time that it changes
    const truth = sights.map(() => ({ at: Date.now(), text: '' }))
    const look = () => {
      const snapshot: Snapshot = state.snapshot()
      for (const [at, sight] of sights.entries()) {
        const text = safely(sight, snapshot)
        const one = truth[at] as (typeof truth)[0]
        if (one.text !== text) truth[at] = { at: Date.now(), text }
      }
    }
    look()
    state.on('*', look)
    const settled = () =>
      until('nothing changes', LONG, async () => {
        if (truth.some(({ at }) => Date.now() - at < QUIET) || state.freshness.type !== 'live') return false
        const shown = await Promise.all(pages.map((page) => recorded(page)))
        return shown.every(({ text }, at) => text === truth[at]?.text)
      })
    const ages = async (from: number) => {
      await settled()
      const shown = await Promise.all(pages.map((page) => recorded(page)))
      return shown.map(({ at }, nth) => ({
        name: (sights[nth] as Sight).name,
        took: Math.max(0, at - Math.max(from, truth[nth]?.at ?? 0)),
        isNew: at > from,
      }))
    }
    const ask = await RawClient.login(port, 'off', username, secret)
    const dial = (name: string, then: Record<string, string>) =>
      ask.ask({
        Action: 'Originate',
        Channel: 'Local/echo@default/n',
        CallerID: `${name} <100>`,
        Async: 'true',
        ...then,
      })
    await settled()

    const changes: number[] = []
    for (let turn = 0; turn < 8; turn++) {
      const from = Date.now()
      if (turn % 4 === 0) await dial(`Caller${turn}`, { Application: 'Queue', Data: 'sales' })
      if (turn % 4 === 1) await dial(`Caller${turn}`, { Context: 'default', Exten: 'conf', Priority: '1' })
      if (turn % 4 === 2) await dial(`Caller${turn}`, { Context: 'default', Exten: 'park', Priority: '1' })
      if (turn % 4 === 3)
        await ask.ask({ Action: 'QueuePause', Interface: 'Local/busy@default/n', Paused: String(turn === 3) })
      for (const { took, isNew } of await ages(from)) if (isNew) changes.push(took)
    }
    changes.sort((one, other) => one - other)
    const returns: Record<string, number> = {}
    const comesBack = async (what: string, back: Return) => {
      const from = await back()
      const all = await ages(from)
      returns[what] = Math.max(...all.map(({ took }) => took))
    }
    await comesBack('the link to Asterisk, cut for 5 s', async () => {
      await link.cut()
      await seconds(5)
      await link.open()
      return Date.now()
    })
    await comesBack('the link to Asterisk, without a packet for 20 s', async () => {
      link.drop()
      await seconds(20)
      link.resume()
      return Date.now()
    })
    await comesBack('the network of the browsers, cut for 5 s', async () => {
      await outer.cut()
      await seconds(5)
      await outer.open()
      return Date.now()
    })
    await comesBack('the network of the browsers, without a packet for 20 s', async () => {
      outer.drop()
      await seconds(20)
      outer.resume()
      return Date.now()
    })
    await comesBack('the wallboard, killed', async () => {
      await wallboard.kill()
      await seconds(5)
      await wallboard.start(new URL(wallboard.url).host)
      return wallboard.saidAt
    })
    await comesBack('Asterisk, killed', restart)
    ask.socket.destroy()
    const [p50, longest] = [changes[Math.floor(changes.length / 2)], changes.at(-1)]
    const figures = { target: target.name, changes: { count: changes.length, p50, longest }, returns, load: loadavg() }
    if (process.env.OUT) appendFileSync(process.env.OUT, `${JSON.stringify(figures)}\n`)
    assert.ok(changes.length > 0)
  } finally {
    await browser.close()
    await wallboard.close()
  }
}

/** A server that has just begun may have no queue yet. */
function safely(sight: Sight, snapshot: Snapshot): string {
  try {
    return JSON.stringify(textsOf(sight, snapshot))
  } catch {
    return ''
  }
}

describe('every page is equal to snapshot()', { skip: noBrowser }, () => {
  test('of the simulator', { timeout: 600_000 }, async () => {
    const member = (exten: string, name: string) => ({ interface: `Local/${exten}@default/n`, name })
    await using server = await startServer({
      users: { frank: 'lean' },
      dialplan: readFileSync(new URL('../../../tools/servers/asterisk/etc/extensions.conf', import.meta.url), 'utf8'),
      queues: { support: { members: [member('member', 'Agent One'), member('busy', 'Agent Two')] }, sales: {} },
      endpoints: { ep1: {}, ep2: {} },
    })
    const account = { username: 'frank', secret: 'lean' }
    const place = { name: 'simulator', version: 22, real: false, full: true, host: '127.0.0.1', port: server.port }
    await measure({ ...place, ...account, accounts: {} }, async () => {
      await server.restart({ downtime: 3_000 })
      return Date.now()
    })
  })

  withAsterisk(22, (place) => {
    test(`of ${place.name}`, { timeout: 600_000 }, () =>
      measure(place, async () => {
        await place.server.kill()
        await place.server.start()
        return Date.now()
      }),
    )
  })
})
