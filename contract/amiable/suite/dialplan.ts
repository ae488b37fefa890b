import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from 'amiable'
import { withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

/** The dialplan, changed by actions and commands, as ShowDialPlan shows it. */
export function dialplan(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: the dialplan`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: an ignore pattern comes, is listed behind the extensions, and goes`, () =>
    withContext(target, async (ami, Context) => {
      const add = `dialplan add ignorepat 9 into ${Context}`
      assert.equal(await run(ami, add), `true Ignore pattern '9' added into '${Context}' context`)
      const twice = `false Ignore pattern '9' already included in '${Context}' context\nCommand '${add}' failed.`
      assert.equal(await run(ami, add), twice)
      // main/pbx.c:ast_context_add_ignorepat sets no errno for a context that is not there: the words are those of the last
      assert.match(await run(ami, `dialplan add ignorepat 9 into ${Context}-not`), /^false .*'9'.*-not' context\n/)
      assert.match(await run(ami, 'dialplan add ignorepat 9'), /^false Usage: dialplan add ignorepat <pattern> into/)
      assert.deepEqual(await show(ami, { Context }), ['s hint', 's 1', 's 2', 'IgnorePattern 9', '4 1 3 1'])
      assert.deepEqual(await show(ami, { Context, Extension: 's' }), ['s hint', 's 1', 's 2', '3 1 3 1'])
      const shown = await run(ami, `dialplan show ${Context}`)
      assert.match(shown, / {2}Ignore pattern => '9' {43}\[pbx_config\]\n/)
      assert.match(shown, / {2}'s' => {12}hint: Custom:/)
      const remove = `dialplan remove ignorepat 9 from ${Context}`
      assert.equal(await run(ami, remove), `true Ignore pattern '9' removed from '${Context}' context`)
      assert.match(await run(ami, remove), /^false There is no existence of '9' ignore pattern in/)
      assert.match(
        await run(ami, 'dialplan remove ignorepat 9'),
        /^false Usage: dialplan remove ignorepat <pattern> from/,
      )
      assert.deepEqual(await show(ami, { Context }), ['s hint', 's 1', 's 2', '3 1 3 1'])
    }))

  test(`${name}: an extension loses a priority, its hint, and itself`, () =>
    withContext(target, async (ami, Context) => {
      const remove = async (Priority?: string | number): Promise<string> =>
        (await ami.sendRaw('DialplanExtensionRemove', { Context, Extension: 's', Priority }, { check: false })).message
      assert.equal(await remove('x'), 'The priority specified was invalid.')
      assert.equal(await remove(2), 'Removed the requested priority from the extension')
      assert.equal(await remove(2), 'Failed to remove requested extension')
      assert.equal(await remove('hint'), 'Removed the requested priority from the extension')
      assert.deepEqual(await show(ami, { Context }), ['s 1', '1 1 1 1'])
      assert.equal(await remove(), 'Removed the requested extension')
      assert.equal(await remove(), 'Failed to remove requested extension')
    }))

  test(`${name}: an extension is looked for in what its context includes`, () =>
    withClient(target, async (ami) => {
      const nowhere = { code: 'AMI_REFUSED', message: /Did not find extension no-such in any context/ }
      await assert.rejects(ami.sendRaw('ShowDialPlan', { Extension: 'no-such' }), nowhere)
      const rows = await show(ami, { Context: 'default', Extension: 'echo' })
      // two contexts: its own, and the one that it includes
      assert.equal(rows.at(-1), '3 1 3 2')
    }))
}

async function withContext(target: Target, body: (ami: Client, context: string) => Promise<void>): Promise<void> {
  await withClient(target, async (ami) => {
    const Context = `amiable-${Math.random().toString(36).slice(2, 8)}`
    for (const [Priority, Application] of [
      [1, 'NoOp'],
      [2, 'Hangup'],
      ['hint', `Custom:${Context}`],
    ] as const) {
      await ami.sendRaw('DialplanExtensionAdd', { Context, Extension: 's', Priority, Application })
    }
    try {
      await body(ami, Context)
    } finally {
      await ami.sendRaw('Command', { Command: `dialplan remove context ${Context}` }, { check: false })
    }
  })
}

async function run(ami: Client, Command: string): Promise<string> {
  const { success, headers } = await ami.sendRaw('Command', { Command }, { check: false })
  const output = [...headers].filter(([header]) => header === 'Output').map(([, value]) => value)
  return `${success} ${output.join('\n')}`
}

/** The rows, and the numbers of the end: items, extensions, priorities, contexts. */
async function show(ami: Client, place: { Context?: string; Extension?: string }): Promise<string[]> {
  const { events, completion } = await ami.sendRaw('ShowDialPlan', place)
  const rows = events.map((row) => {
    const pattern = row.get('IgnorePattern')
    return pattern === undefined ? `${row.get('Extension')} ${row.get('Priority')}` : `IgnorePattern ${pattern}`
  })
  const numbers = ['ListItems', 'ListExtensions', 'ListPriorities', 'ListContexts'].map((one) => completion?.get(one))
  return [...rows, numbers.join(' ')]
}
