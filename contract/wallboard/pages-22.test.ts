// needs: asterisk-22
// A call centre on a real Asterisk, with people of each role before the page in a real browser, two telephones that
// answer, and every verb once. The state of another client says what each page must show, and a plain session of AMI says
// what has become of each click.
import assert from 'node:assert/strict'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import { type Kind, type State, watch } from 'amiable/state'
import { until } from '../../tools/servers/asterisk/process.ts'
import { settingsFor } from '../../tools/servers/asterisk/settings.ts'
import { noBrowser, startBrowser } from '../../tools/testbed/chromium.ts'
import { RawClient } from '../../tools/testbed/raw-client.ts'
import { SipPhone } from '../../tools/testbed/sip-phone.ts'
import { BOARD, showsSnapshot, sightsOf, visit } from '../../tools/testbed/wallboard-pages.ts'
import { withAsterisk } from '../targets.ts'
import { TIMEOUT, WallboardProcess } from './program.ts'
import { Seat, writeUsers } from './seats.ts'

const KINDS: readonly Kind[] = [
  'calls',
  'queues',
  'rooms',
  'parking',
  'devices',
  'hints',
  'endpoints',
  'contacts',
  'trunks',
]
const SALES = '#/queues?open=pbx1%2Fsales'
const SUPPORT = '#/queues?open=pbx1%2Fsupport'
const EVE = '[data-row="pbx1/PJSIP/ep2"]'

/** Who sits before the page: eve answers calls on ep2, and sue and ada have ep3. */
const PEOPLE = {
  vic: 'role: viewer',
  eve: 'role: agent, queues: [sales, support], device: { server: pbx1, interface: PJSIP/ep2 }',
  sue: 'role: supervisor, device: { server: pbx1, interface: PJSIP/ep3 }',
  ada: 'role: admin, device: { server: pbx1, interface: PJSIP/ep3 }',
} as const

/** The members of support, by their devices. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['Local/member@default/n', 'Agent One'],
  ['Local/busy@default/n', 'Agent Two'],
])

withAsterisk(22, (place) => {
  describe(`people before the page of a wallboard on ${place.name}`, { skip: noBrowser }, () => {
    test('see what is so, and do what they may and nothing else', { timeout: 300_000 }, async (t) => {
      const { host, port, username, secret } = place
      const settings = settingsFor(22)
      const judge = await RawClient.login(port, 'off', username, secret)
      const heard = await RawClient.login(port, 'call,agent,dialplan', username, secret)
      const ask = (action: string, params: Record<string, string> = {}) => judge.ask({ Action: action, ...params })
      const hears = async (pattern: RegExp): Promise<string> => {
        const over = new Promise<never>((_resolve, reject) => {
          setTimeout(() => {
            // what it did hear says why
            const last = heard.text.slice(-4_000).replaceAll('\r\n', '\n')
            reject(new Error(`never heard: ${pattern}, and at last:\n${last}`))
          }, TIMEOUT).unref()
        })
        return Promise.race([heard.until(pattern), over])
      }
      const end = () => ask('Hangup', { Channel: '/^(Local|PJSIP)/' })
      const leave = async () => {
        for (const queue of ['sales', 'support']) await ask('QueueRemove', { Queue: queue, Interface: 'PJSIP/ep2' })
        for (const device of MEMBERS.keys()) await ask('QueuePause', { Interface: device, Paused: 'false' })
      }
      // what a run that was cut short has left
      await leave()
      t.after(async () => {
        await end()
        await leave()
        judge.socket.destroy()
        heard.socket.destroy()
      })
      await end()
      await using eves = await SipPhone.register('ep2', 'x2', settings.ports.pjsip)
      await using sues = await SipPhone.register('ep3', 'x3', settings.ports.pjsip)

      const wallboard = new WallboardProcess(place, [])
      t.after(() => wallboard.close())
      wallboard.configure(
        writeUsers(wallboard.folder, PEOPLE),
        'site: { pauseReasons: [Lunch] }',
        `boards: ${JSON.stringify({ hall: BOARD })}`,
      )
      await wallboard.start()
      await using oracle = await connect({ host, port, username, secret })
      await using state = watch(oracle, { kinds: KINDS })
      await state.ready()
      const browser = await startBrowser()
      t.after(() => browser.close())
      const [vic, eve, sue, ada] = (await Promise.all(
        Object.keys(PEOPLE).map((name) => Seat.of(browser, wallboard.url, name)),
      )) as [Seat, Seat, Seat, Seat]

      /** Waits until an answer of AMI says something. */
      const says = (what: string, pattern: RegExp, action: string, params: Record<string, string> = {}) =>
        until(what, TIMEOUT, async () => pattern.test(await ask(action, params)))
      const member = (queue: string, device: string, pattern: string) =>
        says(
          `${device} in ${queue}: ${pattern}`,
          new RegExp(`Location: ${device}\r\n(?:[^\r]+\r\n)*?${pattern}\r\n`),
          'QueueStatus',
          { Queue: queue },
        )
      const isIn = (queue: string, device: string) => member(queue, device, 'Membership: dynamic')
      const isOut = (queue: string, device: string) =>
        until(`${device} not in ${queue}`, TIMEOUT, async () => {
          const all = await ask('QueueStatus', { Queue: queue })
          return !all.includes(`Location: ${device}\r\n`)
        })
      const dial = (name: string, then: Record<string, string>) =>
        ask('Originate', { Channel: 'Local/echo@default/n', CallerID: `${name} <100>`, Async: 'true', ...then })
      const waits = (name: string) => dial(name, { Application: 'Queue', Data: 'support' })
      const goesTo = (name: string, exten: string) => dial(name, { Context: 'default', Exten: exten, Priority: '1' })
      const channels = () => ask('CoreShowChannels')
      const lane = () => {
        const { id } = [...state.channels].find(({ device }) => device === 'PJSIP/ep2') ?? assert.fail()
        return `.lane[data-row="pbx1/${id}"]`
      }
      // the state may hear of a hangup later than the list: talks() must not take the call before for the next
      const isFree = (what: string) =>
        until(what, TIMEOUT, async () => {
          const isKnown = [...state.channels].some(({ device }) => device === 'PJSIP/ep2')
          return !isKnown && !/PJSIP\/ep2-/.test(await channels())
        })
      const talks = async () => {
        await goesTo('Carla', 'qempty')
        await until('Carla talks with eve', TIMEOUT, () => callOf(state, 'PJSIP/ep2')?.phase === 'up')
      }

      // an agent: into a queue, and a pause with a reason
      await eve.go('#/phone')
      await eve.press('section[aria-label="My queues"]', 'login', 'sales')
      await isIn('sales', 'PJSIP/ep2')
      await eve.page.locator('[data-reason="0"]').click()
      await member('sales', 'PJSIP/ep2', 'PausedReason: Lunch')
      await eve.page.locator('.me-state', { hasText: 'Paused' }).waitFor()
      await eve.page.locator('.me [data-shortcut=pause]:enabled').click()
      await member('sales', 'PJSIP/ep2', 'Paused: 0')

      // a supervisor: nobody answers for support, so that callers wait there
      await sue.go(SUPPORT)
      for (const [device, name] of MEMBERS) {
        await sue.press(`.open-queue tr:has-text("${name}")`, 'pause', '')
        await member('support', device, 'Paused: 1')
      }
      for (const name of ['Dora', 'Emil', 'Fay']) await waits(name)
      for (const name of ['Gerd', 'Hanna']) await goesTo(name, 'conf')
      // longer than a busy machine needs for every page: a lot gives a parked call back after 45 seconds
      await dial('Ida', { Application: 'Park', Data: 'default,t(600)' })
      await talks()
      await until('all are where they belong', TIMEOUT, () => {
        const { queues, rooms, parking } = state.snapshot()
        const waiting = queues.find(({ name }) => name === 'support')?.callers.length
        return waiting === 3 && rooms[0]?.parties.length === 2 && parking.length === 1
      })

      // every page, to everybody who has it
      const call = callOf(state, 'PJSIP/ep2')?.id as string
      const sees = async ({ page }: Seat, device: string, leaveOut: readonly string[] = []) => {
        const seesParked = device !== 'PJSIP/ep2'
        for (const sight of sightsOf({ server: 'pbx1', board: '/wall/hall', device, call, seesParked })) {
          if (leaveOut.includes(sight.name)) continue
          await visit(page, sight)
          await showsSnapshot(page, sight, () => state.snapshot(), TIMEOUT)
        }
        await page.goto(wallboard.url)
      }
      const notOwn = ['calls', 'lines', 'rooms']
      await Promise.all([
        sees(ada, 'PJSIP/ep3'),
        sees(sue, 'PJSIP/ep3'),
        sees(eve, 'PJSIP/ep2', notOwn),
        sees(vic, '', ['open queue', 'open call', 'rooms', 'my phone', 'board']),
      ])

      // buttons: what one may, and nothing else
      const finds = async (seat: Seat, hash: string, verbs: string) => {
        await seat.go(hash)
        const wanted = verbs === '' ? [] : verbs.split(' ')
        for (const over = Date.now() + TIMEOUT; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
          await seat.page.locator('#main [data-row]').first().waitFor()
          const found = await seat.verbs()
          if (JSON.stringify(found) === JSON.stringify(wanted)) return
          if (Date.now() > over) assert.deepEqual(found, wanted, hash)
        }
      }
      const openCall = `#/calls?open=${encodeURIComponent(`pbx1/${call}`)}`
      const openEve = '#/agents?open=pbx1%2FPJSIP%2Fep2'
      for (const hash of [SALES, SUPPORT, openEve, '#/calls', openCall, '#/rooms']) {
        await finds(vic, hash, '')
      }
      await finds(eve, SALES, 'logout pause')
      await finds(eve, SUPPORT, '')
      await finds(eve, openEve, 'login pause')
      await finds(eve, openCall, 'hangup park transfer')
      await finds(sue, SALES, 'logout pause penalty')
      await finds(sue, SUPPORT, 'penalty priority redirect unpause withdraw')
      await finds(sue, openEve, 'barge listen login pause whisper')
      await finds(sue, openCall, 'barge hangup listen park transfer whisper')
      await finds(sue, '#/rooms', 'kick lock mute pick')
      await finds(ada, SUPPORT, 'penalty priority redirect resetStatistics unpause withdraw')
      await finds(ada, openCall, 'barge hangup listen park transfer whisper')
      assert.equal(await vic.page.locator('.rail a[href="#/phone"]').count(), 0)
      for (const [seat, count] of [
        [eve, 0],
        [sue, 0],
        [ada, 1],
      ] as const) {
        await seat.page.getByRole('button', { name: 'Account' }).click()
        assert.equal(await seat.page.locator('[data-verb=reloadQueues]').count(), count)
        await seat.page.keyboard.press('Escape')
      }

      // callers of a queue
      await sue.go(SUPPORT)
      const caller = (name: string) => `.open-queue tr:has-text("${name}")`
      await sue.press(caller('Dora'), 'priority', '9')
      await says('Dora has priority 9', /CallerIDName: Dora\r\n(?:[^\r]+\r\n)*?Priority: 9\r\n/, 'QueueStatus')
      await sue.press(caller('Emil'), 'redirect', '202')
      await hears(/Event: Newexten\r\n(?:[^\r]+\r\n)*?CallerIDName: Emil\r\n(?:[^\r]+\r\n)*?Extension: 202\r\n/)
      await sue.press(caller('Fay'), 'withdraw', 1)
      await until('only Dora waits', TIMEOUT, async () => {
        const all = await ask('QueueStatus', { Queue: 'support' })
        return [...all.matchAll(/Event: QueueEntry\r\n(?:[^\r]+\r\n)*?CallerIDName: (\w+)/g)].join().endsWith('Dora')
      })
      // who becomes a member while somebody waits is rung at once, also in the middle of another call
      await sue.press(caller('Dora'), 'withdraw', 1)
      await until(
        'nobody waits',
        TIMEOUT,
        async () => !/QueueEntry/.test(await ask('QueueStatus', { Queue: 'support' })),
      )

      // members
      await sue.press(caller('Agent Two'), 'penalty', '5')
      await member('support', 'Local/busy@default/n', 'Penalty: 5')
      await sue.go(openEve)
      await sue.press(EVE, 'login', 'support')
      await isIn('support', 'PJSIP/ep2')
      await sue.go(SUPPORT)
      await sue.press('.open-queue tr:has-text("ep2")', 'logout', 1)
      await isOut('support', 'PJSIP/ep2')

      // to listen, to whisper and to speak: exactly to eve's channel, on one's own phone
      await sue.go(openEve)
      for (const [verb, options] of [
        ['listen', 'uqE'],
        ['whisper', 'uqEw'],
        ['barge', 'uqEB'],
      ] as const) {
        await sue.press(EVE, verb, `training: ${verb}`)
        const started = await hears(/Event: ChanSpyStart\r\n(?:[^\r]+\r\n)*?\r\n/)
        assert.match(started, /SpyerChannel: PJSIP\/ep3-/)
        assert.match(started, /SpyeeChannel: PJSIP\/ep2-/)
        assert.match(await channels(), new RegExp(`ApplicationData: [\\w.-]+,${options}\r\n`))
        await ada.go('#/agents')
        await ada.page.locator(`${EVE} .who-line svg`).nth(1).waitFor()
        await ask('Hangup', { Channel: '/^PJSIP.ep3/' })
        await hears(/Event: ChanSpyStop\r\n/)
      }
      assert.equal(sues.answered >= 3, true)

      // rooms, and a parked call
      await sue.go('#/rooms')
      const gerd = '.parties li:has-text("Gerd")'
      const inRoom = (what: string) =>
        until(`Gerd ${what}`, TIMEOUT, async () => {
          const all = (await ask('ConfbridgeList', { Conference: '100' })).split('\r\n\r\n')
          return all.some((one) => one.includes('CallerIDName: Gerd\r\n') && one.includes(`\r\n${what}\r\n`))
        })
      await sue.press(gerd, 'mute')
      await inRoom('Muted: Yes')
      await sue.press(gerd, 'unmute')
      await inRoom('Muted: No')
      await sue.press('.room', 'lock')
      await says('the room is locked', /Locked: Yes\r\n/, 'ConfbridgeListRooms')
      await sue.press('.room', 'unlock')
      await says('the room is open', /Locked: No\r\n/, 'ConfbridgeListRooms')
      await sue.press(gerd, 'kick', 1)
      await until('Gerd has left', TIMEOUT, async () => {
        return !/Gerd/.test(await ask('ConfbridgeList', { Conference: '100' }))
      })
      await goesTo('Jan', 'park')
      await sue.press('.parked:has-text("Jan")', 'pick')
      const picked = await hears(/Event: UnParkedCall\r\n(?:[^\r]+\r\n)*?RetrieverChannel: PJSIP\/ep3-/)
      assert.match(picked, /ParkeeCallerIDName: Jan\r\n/)

      // calls: sent on, parked, ended
      await sue.go(openCall)
      await sue.press(lane(), 'transfer', '202')
      const sent = await hears(/Event: BlindTransfer\r\n(?:[^\r]+\r\n)*?\r\n/)
      assert.match(sent, /TransfererChannel: PJSIP\/ep2-/)
      assert.match(sent, /TransfereeCallerIDName: Carla\r\n(?:[^\r]+\r\n)*?Extension: 202\r\n/)
      await isFree('eve is free')
      await talks()
      await sue.go(`#/calls?open=${encodeURIComponent(`pbx1/${callOf(state, 'PJSIP/ep2')?.id}`)}`)
      await sue.press(lane(), 'park')
      await hears(/Event: ParkedCall\r\n(?:[^\r]+\r\n)*?ParkeeCallerIDName: Carla\r\n/)
      await isFree('eve is free again')
      const ofCarla = () => [...state.parking].find(({ party }) => party.name === 'Carla')?.id
      const parked = await until('Carla is parked', TIMEOUT, ofCarla)
      await sue.go('#/calls')
      await sue.press(`[data-row="pbx1/${state.calls.of(parked)?.id}"]`, 'hangup', 1)
      await until('Carla is gone', TIMEOUT, async () => !/Carla/.test(await ask('ParkedCalls')))

      // an agent's own phone
      await eve.go('#/phone')
      await talks()
      await eve.press('.current', 'transfer', '201')
      await hears(/Event: BlindTransfer\r\n(?:[^\r]+\r\n)*?TransfererChannel: PJSIP\/ep2-/)
      await isFree('eve has hung up')
      await talks()
      await eve.press('.current', 'park')
      await hears(/Event: ParkedCall\r\n(?:[^\r]+\r\n)*?ParkeeCallerIDName: Carla\r\n/)
      await isFree('eve has hung up again')
      await eve.press('.parked', 'pick')
      await hears(/Event: UnParkedCall\r\n(?:[^\r]+\r\n)*?RetrieverChannel: PJSIP\/ep2-/)
      await eve.press('.current', 'hangup', 1)
      await isFree('eve has ended her call')
      await eve.page.getByLabel('Number').fill('202')
      await eve.page.locator('.dial button[type=submit]').click()
      await hears(/Event: Newexten\r\n(?:[^\r]+\r\n)*?Channel: PJSIP\/ep2-(?:[^\r]+\r\n)*?Extension: 202\r\n/)
      await eve.press('.current', 'hangup', 1)
      await eve.press('.my-queues', 'logout', 1)
      await isOut('sales', 'PJSIP/ep2')
      assert.equal(eves.answered >= 5, true)

      // an admin: figures, and the queues as their file has them
      await ada.go(SALES)
      await says('somebody was answered', /Completed: [1-9]/, 'QueueStatus', { Queue: 'sales' })
      await ada.press('.open-queue', 'resetStatistics', 2)
      await says('nobody was answered', /Completed: 0\r\n/, 'QueueStatus', { Queue: 'sales' })
      await ada.page.getByRole('button', { name: 'Account' }).click()
      // main/config.c reads a file again only where its time has changed
      const now = new Date()
      utimesSync(join(settings.root, 'etc/asterisk/queues.conf'), now, now)
      await ada.press('.server-actions', 'reloadQueues', 2)
      await member('support', 'Local/busy@default/n', 'Penalty: 1')
      await ada.page.keyboard.press('Escape')
      await ada.go(SUPPORT)
      for (const [device, name] of MEMBERS) {
        await ada.press(`.open-queue tr:has-text("${name}")`, 'unpause')
        await member('support', device, 'Paused: 0')
      }

      // what no event tells is in the next list
      await end()
      await state.refresh('queues', 'rooms')
      await until('nothing goes on', TIMEOUT, () => state.channels.size === 0)
      for (const sight of sightsOf({ server: 'pbx1', board: '/wall/hall', device: 'PJSIP/ep3' })) {
        await visit(ada.page, sight)
        await showsSnapshot(ada.page, sight, () => state.snapshot(), TIMEOUT)
      }
      for (const seat of [vic, eve, sue, ada]) assert.deepEqual(seat.faults, [])
    })
  })
})

function callOf(state: State, device: string) {
  const channel = [...state.channels].find((one) => one.device === device)
  return channel === undefined ? undefined : state.calls.get(channel.call)
}
