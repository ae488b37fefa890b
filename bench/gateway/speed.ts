// How fast and how large: beside a publisher that does nothing else, and beside the program that everybody writes first.
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { headers } from '@nats-io/transport-node'
import { connect as connectAmi } from 'amiable'
import { startServer } from 'amiable/testing'
import { until } from '../../tools/servers/asterisk/process.ts'
import {
  at,
  commonProgram,
  cpuOf,
  ending,
  gatewayOf,
  HERE,
  lastOf,
  makeStream,
  median,
  messageOf,
  natsOf,
  PATIENCE,
  RING,
  ROUNDS,
  rateOf,
  rssOf,
  scope,
  settled,
  sourceOf,
  tell,
} from './stage.ts'

/** Milliseconds between two looks at the memory. */
const SAMPLE = 10_000

export const speed: Readonly<Record<string, () => Promise<void>>> = {
  async stored() {
    const rows: Record<string, number[]> = {
      bare: [],
      gateway: [],
      gatewayPerCpuSecond: [],
      common: [],
      commonStored: [],
    }
    for (let round = 0; round < ROUNDS; round++) {
      await scope(async () => {
        const { nats, connection } = await natsOf()
        await makeStream(connection)
        const child = spawn(
          process.execPath,
          ['--import', 'tsx', HERE('publisher.ts'), '200000', '760', nats.urls[0] ?? ''],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        )
        const [line] = (await child.stdout.setEncoding('utf8').toArray()) as string[]
        rows.bare?.push(JSON.parse(line ?? '{}').perSecond)
      })
      await scope(async () => {
        const { nats, connection } = await natsOf()
        const { port, events } = await sourceOf()
        const target = { host: '127.0.0.1', port, username: 'bench;rounds=4', secret: 'x' }
        const gateway = gatewayOf('gw-a', target, nats, { log: RING, actions: 'classes: []' })
        await gateway.start()
        const cpu = cpuOf(gateway.pid)
        const last = await settled(connection, 4 * events + 300)
        rows.gateway?.push(await rateOf(connection, 1_000, last))
        rows.gatewayPerCpuSecond?.push(Math.round(last / (cpuOf(gateway.pid) - cpu)))
        const gaps = gateway.lines.filter(({ cause }) => cause !== undefined).length
        console.log(`  ${last} messages, ${4 * events} events, ${gaps} gaps`)
      })
      await scope(async () => {
        const { nats, connection } = await natsOf()
        await makeStream(connection)
        const { port, events } = await sourceOf()
        commonProgram({ host: '127.0.0.1', port, username: 'bench;rounds=4', secret: 'x' }, nats)
        const last = await settled(connection, 4 * events + 1)
        rows.common?.push(await rateOf(connection, 1_000, last))
        rows.commonStored?.push(last / (4 * events + 1))
      })
    }
    for (const [name, values] of Object.entries(rows)) tell(`stored/${name}`, median(values))
  },

  async latency() {
    for (const nodes of [1, 3] as const) {
      await scope(async () => {
        const { nats, connection } = await natsOf(nodes)
        const { port } = await sourceOf()
        const target = { host: '127.0.0.1', port, username: 'bench;rounds=1;rate=1000', secret: 'x' }
        const gateway = gatewayOf('gw-a', target, nats, { actions: 'classes: []', log: `replicas: ${nodes}` })
        await gateway.start()
        await until('events', PATIENCE, async () => (await lastOf(connection).catch(() => 0)) > 12_000)
        const late: number[] = []
        for (let seq = 2_000; seq < 12_000; seq += 10) {
          const { body, stored } = await messageOf(connection, seq)
          if (body.event !== undefined) late.push(stored - Date.parse(body.at))
        }
        tell(`latency/r${nodes}`, { p50: median(late), p99: at(late, 0.99) })
      })
    }
  },

  async ping() {
    await scope(async () => {
      const { nats, connection } = await natsOf()
      const server = await startServer({ users: { gateway: 'lean' } })
      ending(() => server.close())
      const target = { host: '127.0.0.1', port: server.port, username: 'gateway', secret: 'lean' }
      const gateway = gatewayOf('gw-a', target, nats, { actions: 'classes: [read], perCaller: 100000' })
      await gateway.start()
      const direct = await connectAmi({ ...target, events: 'off' })
      ending(() => direct.close({ timeout: 0 }))
      const set = headers()
      const through = () => connection.request('ami.action.pbx1.read.Ping', '{}', { timeout: 5_000, headers: set })
      await until(
        'an answer',
        PATIENCE,
        async () => (await through().catch(() => undefined))?.json<{ ok: boolean }>().ok,
      )
      for (const [name, one] of [
        ['direct', () => direct.send('Ping')],
        ['gateway', through],
      ] as const) {
        const single: number[] = []
        for (let n = 0; n < 3_000; n++) {
          const began = performance.now()
          await one()
          if (n >= 500) single.push(performance.now() - began)
        }
        let left = 20_000
        const cpu = cpuOf(gateway.pid)
        const began = performance.now()
        await Promise.all(
          Array.from({ length: 64 }, async () => {
            while (left-- > 0) await one()
          }),
        )
        tell(`ping/${name}`, {
          p50: Number(median(single).toFixed(3)),
          p99: Number(at(single, 0.99).toFixed(3)),
          perSecondAt64: Math.round(20_000_000 / (performance.now() - began)),
          // however busy the machine is
          ...(name === 'gateway' && { perCpuSecond: Math.round(20_000 / (cpuOf(gateway.pid) - cpu)) }),
        })
      }
    })
  },

  async memory() {
    const servers = Array.from({ length: 10 }, (_, n) => `pbx${n + 1}`)
    // whether it grows is seen after minutes: MEMORY_SECONDS=1200
    const seconds = Number(process.env.MEMORY_SECONDS ?? 240)
    for (const [name, wish, time] of [
      ['idle', 'bench', 30_000],
      ['2000/s', 'bench;rounds=99;rate=200', seconds * 1_000],
    ] as const) {
      await scope(async () => {
        const { nats } = await natsOf()
        const { port } = await sourceOf()
        const gateway = gatewayOf('gw-a', { host: '127.0.0.1', port, username: wish, secret: 'x' }, nats, { servers })
        await gateway.start()
        const all: number[] = []
        const cpu = cpuOf(gateway.pid)
        for (let n = 0; n < time / SAMPLE; n++) {
          await wait(SAMPLE)
          all.push(rssOf(gateway.pid))
        }
        tell(`memory/${name}`, {
          all: all.join(' '),
          most: Math.max(...all),
          core: Number(((cpuOf(gateway.pid) - cpu) / (time / 1_000)).toFixed(2)),
        })
      })
    }
  },
}
