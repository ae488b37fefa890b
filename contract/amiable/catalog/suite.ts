import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type AmiEvent, type Client, connect, type Params, type RawResponse } from 'amiable'
import { actionFacts, events as catalogEvents } from 'amiable/catalog'
import { EXPLAINED, Observer, requiredParameters } from '../../../tools/codegen/src/observe.ts'
import { nextEvent, optionsFor, withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'
import { aside, Scene, trials } from '../sensible-arguments.ts'
import { listedActions } from '../suite/actions.ts'
import { grantedRights } from './granted-rights.ts'
import { strangeActions, strangeEvents } from './known-gaps.ts'
import { shows, withPjsipObjects } from './pjsip-objects.ts'
import { harmless, insteadOfMissed, MISSED, unasked, without } from './required.ts'

/** The catalog against one real server. */
export function catalog(target: Target): void {
  names(target)
  if (!target.full) {
    const skip = YOURS
    test(`${target.name}: headers, values and required parameters`, { skip }, () => {})
    return
  }
  headers(target)
  required(target)
  grantedRights(target)
}

/** Every action and every event that the server lists is in the catalog. */
function names(target: Target): void {
  const { name, cli } = target

  test(`${name}: every action that it lists is in the catalog`, () =>
    withClient(target, async (ami) => {
      const listed = await listedActions(ami)
      assert.ok(listed.length > 20, `only ${listed.length} actions`)
      const unknown = listed.filter((one) => actionFacts(one)?.name !== one && !(one in strangeActions))
      assert.deepEqual(unknown, [])
    }))

  const skip = cli === undefined && 'its console is out of reach'
  test(`${name}: every event that it documents is in the catalog`, { skip }, async () => {
    assert.ok(cli)
    const text = await cli('manager show events')
    // three columns, indented, between a heading and a count
    const lines = text.split('\n').filter((line) => line.startsWith('  '))
    const events = lines.flatMap((line) => line.match(/[A-Za-z][\w-]*/g) ?? [])
    assert.ok(events.length > 100, `only ${events.length} events`)
    // 16 cuts names off after 20 letters
    const known = Object.keys(catalogEvents)
    const isKnown = (one: string) =>
      one in strangeEvents || known.some((event) => event === one || (one.length === 20 && event.startsWith(one)))
    const unknown = events.filter((one) => !isKnown(one))
    assert.deepEqual(unknown, [])
  })
}

/** Every header of everything that the server says is known for where it stands, and is what the catalog says it is. */
function headers(target: Target): void {
  test(`${target.name}: every header that comes is in the catalog, and what it says it is`, async (t) => {
    await using helper = await connect(optionsFor(target))
    await using ami = await connect(optionsFor(target))
    const observer = new Observer()
    const see = (event: AmiEvent) => observer.see(event.Event, event.headers.slice(1))
    helper.on('*', see, { all: true })
    const scene = new Scene(helper)
    for (const extension of ['q', 'park', 'agent', 'record', 'vars', 'escapes', 'latin1', 'hold', 'progress', 'vm']) {
      await scene.fresh(extension)
    }
    const rows = new Set<string>()
    for (const action of await listedActions(ami)) {
      const response = await tried(ami, scene, action)
      if (response === undefined) continue
      if (response.success) observer.seeReply(action, response.headers.slice(1))
      for (const event of [...response.events, ...(response.completion ? [response.completion] : [])]) {
        rows.add(event.Event)
        see(event)
      }
    }
    await withPjsipObjects(ami, async () => {
      for (const [action, params] of shows) for (const row of (await ami.sendRaw(action, params)).events) see(row)
    })
    await scene.end()
    // what its calls were still to say has come before the answer that is asked for behind it
    const over = nextEvent(helper, 'UserEvent', (event) => event.UserEvent === 'CatalogOver')
    await helper.send('UserEvent', { UserEvent: 'CatalogOver' })
    await over
    report(t, observer)
    t.diagnostic(`${observer.size} kinds of messages, ${rows.size} of them rows and ends of lists`)
    assert.deepEqual(observer.gaps(), [])
  })
}

async function tried(ami: Client, scene: Scene, action: string): Promise<RawResponse | undefined> {
  const trial = trials[action]
  if (trial === undefined || action in aside) return undefined
  const { params, variables } = trial
  const prepared = typeof params === 'function' ? await params(scene) : params
  // what it should say is the business of contract/amiable/suite/actions.ts
  return ami.sendRaw(action, prepared, { check: false, ...(variables && { variables }) })
}

/** Tells of every finding that somebody has explained. */
export function report(t: TestContext, observer: Observer): void {
  for (const finding of observer.findings()) {
    const why = EXPLAINED[finding]
    if (why !== undefined) t.diagnostic(`${finding}: ${why}`)
  }
}

/** An action without one of the parameters that the catalog calls required is refused, and the server says why. */
function required(target: Target): void {
  test(`${target.name}: what the catalog calls required is required`, async (t) => {
    await using helper = await connect(optionsFor(target))
    await using ami = await connect(optionsFor(target))
    const scene = new Scene(helper)
    const parameters = requiredParameters()
    let asked = 0
    for (const action of await listedActions(ami)) {
      const names = parameters.get(action) ?? []
      if (names.length === 0) continue
      const why = unasked[action]
      if (why !== undefined) {
        t.diagnostic(`${action} is not asked: ${why}`)
        continue
      }
      await t.test(action, async () => {
        assert.ok(
          harmless.has(action),
          `contract/amiable/catalog/required.ts does not say whether ${action} may be asked`,
        )
        for (const left of names) {
          const params = (await without(left, action, names, scene)) as Params
          const response = await ami.sendRaw(action, params, { check: false })
          assert.equal(response.success, false, `taken without ${left}: ${response.message}`)
          assert.match(response.message, insteadOfMissed[`${action} ${left}`] ?? MISSED, `without ${left}`)
          asked++
        }
      })
    }
    await scene.end()
    t.diagnostic(`${asked} parameters asked for`)
  })
}
