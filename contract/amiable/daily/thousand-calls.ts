// A thousand calls on each real Asterisk: what originate() says of each must agree with the server's own call record.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, type OriginateOutcome, type OriginateResult } from 'amiable'
import { optionsFor } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const CALLS = Number(process.env.AMIABLE_CALLS ?? 1_000)
const AT_ONCE = 50

interface Kind {
  readonly channel: string
  readonly outcome: OriginateOutcome
  /** How long it may ring. */
  readonly timeout?: number
  /** What the record says, by the version of Asterisk; no record where there never was a channel. */
  readonly disposition: (version: number) => string | undefined
}

const kinds: readonly Kind[] = [
  { channel: 'Local/answered@default', outcome: 'answered', disposition: () => 'ANSWERED' },
  { channel: 'Local/busy@default', outcome: 'busy', disposition: () => 'BUSY' },
  { channel: 'Local/congestion@default', outcome: 'congestion', disposition: () => 'CONGESTION' },
  {
    channel: 'Local/noanswer@default',
    outcome: 'noAnswer',
    timeout: 400,
    // 22 hangs up what rang out with cause 19, 16 with none, which its main/cdr.c records as a failure
    disposition: (version) => (version >= 22 ? 'NO ANSWER' : 'FAILED'),
  },
  { channel: 'Local/early@default', outcome: 'hungUp', disposition: () => 'NO ANSWER' },
  { channel: 'Local/cause34@default', outcome: 'congestion', disposition: () => 'CONGESTION' },
  { channel: 'Local/nobody@nowhere', outcome: 'failed', disposition: () => 'FAILED' },
  { channel: 'Nonesuch/1', outcome: 'failed', disposition: () => undefined },
]

/** What `originate()` says of each of a thousand calls, against the server's call records. */
export function agreesWithTheRecords(target: Target): void {
  test(`${target.name}: ${CALLS} calls, each as the server recorded it`, { timeout: 300_000 }, async (t) => {
    // the records on a connection of their own, for they are not what originate() goes by
    await using clerk = await connect(optionsFor(target, { events: ['cdr'] }))
    const records = new Map<string, string[]>()
    clerk.on('Cdr', (event) => {
      const id = event.get('UniqueID') ?? ''
      records.set(id, [...(records.get(id) ?? []), event.get('Disposition') ?? ''])
    })
    await using ami = await connect(optionsFor(target))
    const results: { readonly kind: Kind; readonly result: OriginateResult }[] = []
    let next = 0
    const began = performance.now()
    const caller = async () => {
      for (let n = next++; n < CALLS; n = next++) {
        const kind = kinds[n % kinds.length] as Kind
        const result = await ami.originate({
          Channel: kind.channel,
          Application: 'Wait',
          Data: 1,
          Timeout: kind.timeout ?? 20_000,
        })
        results.push({ kind, result })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, caller))
    const took = Math.round(performance.now() - began)

    const recorded = results.filter(({ kind }) => kind.disposition(target.version) !== undefined)
    const late = Date.now() + 60_000
    while (recorded.some(({ result }) => !records.has(result.Uniqueid)) && Date.now() < late) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const expected = results.map(({ kind, result }) => ({
      call: `${kind.channel} ${result.Uniqueid}`,
      outcome: kind.outcome,
      recorded: kind.disposition(target.version),
    }))
    const seen = results.map(({ kind, result }) => ({
      call: `${kind.channel} ${result.Uniqueid}`,
      outcome: result.outcome,
      recorded: records.get(result.Uniqueid)?.[0],
    }))
    const wrong = seen.filter((one, i) => JSON.stringify(one) !== JSON.stringify(expected[i]))
    assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} of ${CALLS} disagree`)
    assert.equal(seen.length, CALLS)
    const { inFlight, unclaimedReplies, dropped } = ami.stats()
    assert.deepEqual({ inFlight, unclaimedReplies, dropped }, { inFlight: 0, unclaimedReplies: 0, dropped: 0 })
    t.diagnostic(`${CALLS} outcomes in ${took} ms, ${recorded.length} of them with a call record`)
  })
}
