// How long nobody writes after a kill, and what is lost where gateways and NATS are killed.
import { setTimeout as wait } from 'node:timers/promises'
import { startServer } from 'amiable/testing'
import { Traffic } from '../../contract/gateway/support/traffic.ts'
import { until } from '../../tools/servers/asterisk/process.ts'
import {
  ask,
  at,
  commonProgram,
  ending,
  gatewayOf,
  LOG,
  lastOf,
  median,
  messageOf,
  natsOf,
  PATIENCE,
  scope,
  tell,
} from './stage.ts'

export const faults: Readonly<Record<string, () => Promise<void>>> = {
  async takeover() {
    for (const nodes of [1, 3] as const) {
      await scope(async () => {
        const { nats, connection } = await natsOf(nodes)
        const server = await startServer({ users: { gateway: 'lean' } })
        ending(() => server.close())
        const target = { host: '127.0.0.1', port: server.port, username: 'gateway', secret: 'lean' }
        const both = ['gw-a', 'gw-b'].map((name) => gatewayOf(name, target, nats, { log: `replicas: ${nodes}` }))
        const writing = () => both.find(({ role }) => role === 'writing')
        await both[0]?.start()
        await until('a writer', PATIENCE, () => writing() !== undefined)
        await both[1]?.start()
        const traffic = await Traffic.open(target as never, 200)
        ending(() => traffic.close())
        const took: number[] = []
        for (let n = 0; n < Number(process.env.TAKEOVERS ?? 40); n++) {
          // the other one has found its place by then
          await wait(1_200 + Math.random() * 500)
          const one = writing()
          if (one === undefined) throw new Error('nobody writes')
          const from = await lastOf(connection)
          const killed = Date.now()
          await one.kill()
          const other = both.find((each) => each !== one)
          await until('another writer', PATIENCE, () => other?.role === 'writing')
          await until('more', PATIENCE, async () => (await lastOf(connection)) > from + 60)
          const { body } = await messageOf(connection, from)
          for (let seq = from + 1; ; seq++) {
            const next = await messageOf(connection, seq)
            if (next.body.term === body.term) continue
            took.push(next.stored - killed)
            break
          }
          await one.start()
        }
        const gaps = both.flatMap(({ lines }) => lines).filter(({ cause }) => cause !== undefined).length
        tell(`takeover/r${nodes}`, {
          kills: took.length,
          p50: median(took),
          p99: at(took, 0.99),
          most: Math.max(...took),
          gaps,
        })
      })
    }
  },

  async losses() {
    const results: Record<string, unknown> = {}
    for (const kind of ['gateway', 'common'] as const) {
      await scope(async () => {
        const { nats, connection } = await natsOf(3)
        const server = await startServer({ users: { gateway: 'lean' } })
        ending(() => server.close())
        const target = { host: '127.0.0.1', port: server.port, username: 'gateway', secret: 'lean' }
        let kill: () => Promise<void>
        if (kind === 'gateway') {
          const both = ['gw-a', 'gw-b'].map((name) => gatewayOf(name, target, nats, { log: 'replicas: 3' }))
          await both[0]?.start()
          await until('a writer', PATIENCE, () => both[0]?.role === 'writing')
          await both[1]?.start()
          kill = async () => {
            const one = both.find(({ role }) => role === 'writing')
            await one?.kill()
            await one?.start()
          }
        } else {
          const make = () =>
            ask<object>(connection, `STREAM.CREATE.${LOG}`, {
              name: LOG,
              subjects: ['ami.event.>'],
              storage: 'file',
              num_replicas: 3,
            }).catch(() => undefined)
          await until('a stream', PATIENCE, async () => {
            const answer = await make()
            return answer !== undefined && !('error' in answer)
          })
          let child = commonProgram(target, nats)
          await wait(2_000)
          kill = async () => {
            child.kill('SIGKILL')
            child = commonProgram(target, nats)
            await wait(1_000)
          }
        }
        const traffic = await Traffic.open(target as never, 200)
        ending(() => traffic.close())
        const leader = async () => {
          const { cluster } = await ask<{ cluster?: { leader?: string } }>(connection, `STREAM.INFO.${LOG}`)
          return nats.nodes.find(({ name }) => name === cluster?.leader)
        }
        await wait(3_000)
        for (let n = 0; n < 3; n++) {
          await kill()
          await wait(5_000)
          const node = await leader()
          await node?.kill()
          await wait(12_000)
          await node?.start()
          await wait(5_000)
        }
        const frozen = await leader()
        frozen?.freeze()
        await wait(6_000)
        frozen?.thaw()
        await wait(5_000)
        await nats.kill()
        await wait(3_000)
        await nats.start()
        await wait(15_000)
        await traffic.pause()
        await wait(8_000)
        const numbers: number[] = []
        let told = 0
        for (let seq = 1, last = await lastOf(connection); seq <= last; seq++) {
          const { body } = await messageOf(connection, seq).catch(() => ({ body: {} as Record<string, never> }))
          if (body.status === 'gap') told++
          if (body.data?.UserEvent === 'Load') numbers.push(Number(body.data.N))
        }
        const found = new Set(numbers)
        // what happened before the first one is no loss
        const [first = 0] = numbers
        const missing = [...traffic.taken].filter((number) => number >= first && !found.has(number)).length
        const twice = numbers.length - found.size
        const disorder = numbers.filter((number, n) => n > 0 && number < (numbers[n - 1] ?? 0)).length
        results[kind] = { happened: traffic.taken.size, missing, twice, disorder, gaps: told }
        tell(`losses/${kind}`, results[kind])
      })
    }
  },
}
