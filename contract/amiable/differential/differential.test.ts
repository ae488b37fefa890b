// needs: asterisk-22
// The same calls on the simulator and on an Asterisk 22: what differs is what docs/reference/simulator.md lists.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { AmiEvent } from 'amiable'
import { startServer } from 'amiable/testing'
import { type Target, withAsterisk } from '../../targets.ts'
import { type Difference, differences } from './compare.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { Stage } from './stage.ts'

// Asterisk's threads race: a difference is one that is there in every run, and a listed one may take its time
const RUNS = 5

const listed = readList()

withAsterisk(22, (real) => {
  const simulator = startSimulator()

  test('thirty scenarios at least are played', () => {
    assert.ok(Object.keys(scenarios).length >= 30)
  })

  for (const [name, scenario] of Object.entries(scenarios)) {
    test(`${name}: events and headers differ from Asterisk's only as listed`, async () => {
      const play = async (target: Target): Promise<AmiEvent[]> => {
        await using stage = await Stage.open(target)
        await scenario(stage)
        return await stage.ended()
      }
      const wanted = listed.filter((one) => one.scenario === name).map(line)
      let unexplained: string[] | undefined
      let missing = wanted
      for (let run = 0; run < RUNS; run++) {
        const [theirs, ours] = await Promise.all([play(real), play(await simulator)])
        const found = differences(name, theirs, ours).map(line)
        unexplained = (unexplained ?? found).filter((one) => found.includes(one) && !wanted.includes(one))
        missing = missing.filter((one) => !found.includes(one))
        if (unexplained.length === 0 && missing.length === 0) return
      }
      assert.deepEqual(unexplained, [], 'differences that docs/reference/simulator.md does not list')
      assert.deepEqual(missing, [], 'listed in docs/reference/simulator.md, and gone')
    })
  }

  test('every listed difference is of a scenario that is played', () => {
    const strange = listed.filter(({ scenario }) => !(scenario in scenarios))
    assert.deepEqual(strange, [])
  })
})

function line({ scenario, whose, text }: Difference): string {
  return `| ${scenario} | ${whose} | ${text} |`
}

async function startSimulator(): Promise<Target> {
  const dialplan = readFileSync(new URL('../../../tools/servers/asterisk/etc/extensions.conf', import.meta.url), 'utf8')
  const channelVars = ['LABVAR', 'CALLERID(num)']
  const server = await startServer({ dialplan, channelVars, systemName: 'lab' })
  after(() => server.close())
  const account = { username: 'frank', secret: 'lean', accounts: { frank: 'lean' } }
  return { name: 'simulator', version: 22, real: false, full: true, host: '127.0.0.1', port: server.port, ...account }
}

/** The rows of the table: scenario, whose, difference, why. */
function readList(): Difference[] {
  const page = readFileSync(new URL('../../../docs/reference/simulator.md', import.meta.url), 'utf8')
  const [, table = ''] = page.split(/\| scenario +\| whose +\| difference +\| why +\|/)
  const rows = table.split('\n\n')[0]?.split('\n').slice(2) ?? []
  return rows
    .filter((row) => !/^\| none +\|/.test(row))
    .map((row) => {
      const [, scenario = '', whose = '', text = '', why = ''] = row.split('|').map((cell) => cell.trim())
      assert.notEqual(why, '', `${row} says no reason`)
      return { scenario, whose, text }
    })
}
