import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActionError, type Client, connect, type RawResponse } from 'amiable'
import { assertClean, optionsFor } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'
import { aside, Scene, type Trial, trials } from '../sensible-arguments.ts'

/** The names of the actions that the server says this account may run. */
export async function listedActions(ami: Client): Promise<string[]> {
  const { headers } = await ami.sendRaw('ListCommands')
  // manager.c:action_listcommands: one header an action, named after it, ending in its rights
  return headers.filter(([, value]) => /\(Priv: .*\)$/.test(value)).map(([name]) => name)
}

/** Every action that the server lists is answered, and every list is whole. */
export function everyAction(target: Target): void {
  if (target.real && !target.full) {
    test(`${target.name}: every action`, { skip: YOURS }, () => {})
    return
  }
  test(`${target.name}: every action that ListCommands names is answered`, async (t) => {
    await using helper = await connect(optionsFor(target))
    await using ami = await connect(optionsFor(target))
    const scene = new Scene(helper)
    const names = await listedActions(ami)
    assert.ok(names.length > 20, `only ${names.length} actions`)
    for (const name of names) {
      const reason = aside[name]
      await t.test(name, { skip: reason ?? false }, async () => {
        const trial = trials[name]
        assert.ok(trial, `${name} needs arguments in contract/amiable/sensible-arguments.ts`)
        await answered(target, ami, scene, name, trial)
      })
    }
    await scene.end()
    // the next tests find the member as queues.conf has it
    const member = { Queue: 'support', Interface: 'Local/busy@default/n' }
    await helper.sendRaw('QueuePause', { ...member, Paused: false }, { check: false })
    await helper.sendRaw('QueuePenalty', { ...member, Penalty: 1 }, { check: false })
    // nothing that any of them was still to say has been taken for another's
    await ami.send('Ping')
    assertClean(ami)
    assertClean(helper)
    assert.equal(ami.stats().lateReplies, 0, 'an action was answered twice')
  })
}

async function answered(target: Target, ami: Client, scene: Scene, name: string, trial: Trial): Promise<void> {
  const { params, variables, refused, perhaps, uncounted } = trial
  const prepared = typeof params === 'function' ? await params(scene) : params
  let response: RawResponse | undefined
  try {
    response = await ami.sendRaw(name, prepared, variables ? { variables } : {})
  } catch (error) {
    assert.ok(error instanceof ActionError, `neither an answer nor a refusal: ${error}`)
    const { message } = error.response as RawResponse
    assert.notEqual(message, '', 'a refusal without a reason')
    // the simulator plays a smaller phone system: that it answers is enough
    if (target.real) assert.match(message, refused ?? /^it should have been taken$/)
    return
  }
  if (refused && !perhaps && target.real) assert.fail(`it should have been refused: ${response.message}`)
  const { completion, events } = response
  if (completion?.ListItems === undefined || uncounted) return
  assert.equal(events.length, completion.number('ListItems'), 'the list is not whole')
}
