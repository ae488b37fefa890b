// What a session says of its commands over a link that is cut again and again, beside what the server has carried out.
import assert from 'node:assert/strict'
import { connect as connectSocket, type Socket } from 'node:net'
import { test } from 'node:test'
import { AmiError, type Client, connect, createFleet } from 'amiable'
import { type AgiSession, attachAgi } from 'amiable/agi'
import { caughtUp, optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

/** Commands and cuts on one server. */
export function delivered(target: Target): void {
  const dial = (ami: Client) =>
    ami.sendRaw('Originate', { Channel: 'Local/wait@default/n', Application: 'AGI', Data: 'agi:async,x', Async: true })

  test(`${target.name}: over a link that is cut a command is carried out once at most, and as its outcome says`, {
    timeout: 60_000,
  }, async () => {
    await using watcher = await connect(optionsFor(target))
    const carriedOut: string[] = []
    watcher.on('VarSet', (event) => {
      if (event.Variable === 'NUMBER') carriedOut.push(event.get('Value') ?? '')
    })
    const sockets: Socket[] = []
    const socket = () => {
      const made = connectSocket(target.port, target.host)
      sockets.push(made)
      return made
    }
    await using ami = await connect(optionsFor(target, { socket, reconnect: () => 10 }))
    let began: (call: AgiSession) => void = () => {}
    const taken = new Promise<AgiSession>((resolve) => {
      began = resolve
    })
    await using attachment = attachAgi(ami, async (call) => {
      began(call)
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    })
    await dial(watcher)
    const call = await taken
    const outcomes: string[] = []
    const isTold = (outcome: string) => outcomes.includes(outcome)
    for (let round = 0; round < 8 || !(isTold('unknown') && isTold('done')); round++) {
      const numbers = Array.from({ length: 6 }, (_, n) => String(round * 6 + n))
      const sent = numbers.map(async (number) => {
        try {
          await call.setVariable('NUMBER', number)
          outcomes[Number(number)] = 'done'
        } catch (error) {
          assert.ok(AmiError.is(error) && error.code === 'AMI_LOST' && error.delivered === 'unknown', String(error))
          outcomes[Number(number)] = 'unknown'
        }
      })
      // at once, in the middle of it, and between two of Asterisk's looks into its queue
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, round * 12))
      sockets.at(-1)?.destroy()
      await Promise.all(sent)
    }
    assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
    await caughtUp(watcher)
    for (const [number, outcome] of outcomes.entries()) {
      const times = carriedOut.filter((one) => one === String(number)).length
      assert.ok(
        outcome === 'done' ? times === 1 : times <= 1,
        `${number} is ${outcome}, and was carried out ${times} times`,
      )
    }
    assert.deepEqual(
      carriedOut,
      carriedOut.toSorted((a, b) => Number(a) - Number(b)),
    )
    assert.equal(attachment.stats().sessions, 1)
    await call.end()
  })

  test(`${target.name}: the members of a fleet have their calls in one attachment`, { timeout: 30_000 }, async () => {
    await using fleet = createFleet(['a', 'b'].map((name) => ({ ...optionsFor(target), name })))
    await fleet.connect()
    const sources: string[] = []
    let came: () => void = () => {}
    const two = new Promise<void>((resolve) => {
      came = () => sources.length === 2 && resolve()
    })
    const handler = async (call: AgiSession) => {
      assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
      sources.push(call.source)
      came()
    }
    // both members are of one server: each call is heard twice, and claimed once
    await using attachment = attachAgi(fleet, handler)
    await dial(fleet.get('a'))
    await dial(fleet.get('b'))
    await two
    assert.ok(sources.every((source) => ['a', 'b'].includes(source)))
    await attachment.close()
    assert.deepEqual([attachment.stats().total, attachment.stats().foreign], [2, 0])
  })
}
