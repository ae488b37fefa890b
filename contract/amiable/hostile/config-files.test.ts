// needs: asterisk-22, asterisk-16
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AmiError, type Client, type ConfigChange, getConfig, updateConfig } from 'amiable'
import { SeededRandom } from 'amiable/testing'
import type { RawClient } from '../../../tools/testbed/raw-client.ts'
import { openRaw, withClient } from '../../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../../targets.ts'

const refused = (argument?: string) => ({ code: 'AMI_ARGUMENT', ...(argument && { argument }) })

// names, values and categories are made of these: what Asterisk's parser reads as something else, and what it does not
const pieces = (
  'a|b|é|x y| |\t|\x01|\xa0|;|;;|;--|--;|\\|\\;|[|]|(|)|[x]|](!)|](+)|(!)|#|#include "x.conf"|#exec "/bin/true"|' +
  '#tryinclude|=|=>|>|+|+=|!|"|\'|,|&|~|:|-|--|<|$[1]|\r\n|\n|\0|\ud800'
).split('|')

function oddTexts(count: number, seed: number): string[] {
  const random = new SeededRandom(seed)
  const some = () => random.pick(pieces)
  const made = Array.from({ length: count }, () => Array.from({ length: random.integer(1, 4) }, some).join(''))
  const long = [79, 80, 900, 1_008, 1_009, 5_000].flatMap((length) => ['x', ';', 'é'].map((one) => one.repeat(length)))
  return [...pieces, ...pieces.flatMap((piece) => [`a${piece}`, `${piece}a`, `a${piece}a`]), ...made, ...long, '']
}

const BASE = [
  ['newcat', 'before', '', ''],
  ['append', 'before', 'one', '1'],
  ['newcat', 'mid', '', ''],
  ['append', 'mid', 'first', 'a ; b'],
  ['append', 'mid', 'object', '>1,1,NoOp()'],
  ['newcat', 'after', '', ''],
  ['append', 'after', 'two', '2'],
] as const

/** The file as the server reads it, asked without the library. */
async function readBack(raw: RawClient, file: string): Promise<string> {
  return raw.ask(`Action: GetConfig\r\nFilename: ${file}\r\nFilter: TEMPLATES=include\r\n\r\n`)
}

/** Its lines as `category|name=value`. */
function linesOf(answer: string): string[] {
  let category = ''
  const lines: string[] = []
  for (const line of Buffer.from(answer, 'latin1').toString('utf8').split('\r\n')) {
    const [, kind, text = ''] = /^(Category|Line)-[\d-]+: (.*)$/s.exec(line) ?? []
    if (kind === 'Category') category = text
    if (kind !== undefined) lines.push(kind === 'Line' ? `${category}|${text}` : `[${text}]`)
  }
  return lines
}

async function withFile(
  target: Target,
  body: (ami: Client, file: string, read: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const file = 'amiable-hostile.conf'
  using raw = await openRaw(target)
  await withClient(target, async (ami) => {
    await raw.ask(`Action: CreateConfig\r\nFilename: ${file}\r\n\r\n`)
    const read = async () => linesOf(await readBack(raw, file))
    // what an earlier run has left
    for (const line of await read()) {
      const [, old] = /^\[(.*)\]$/s.exec(line) ?? []
      if (old === undefined) continue
      const options = 'Options-000000: catfilter="TEMPLATES=include",ignoreerror\r\n'
      await raw.ask(
        `Action: UpdateConfig\r\nSrcFilename: ${file}\r\nDstFilename: ${file}\r\nAction-000000: delcat\r\nCat-000000: ${old}\r\n${options}\r\n`,
      )
    }
    const changes = BASE.map(([action, category, name, value], n) => {
      const header = (part: string, text: string) => (text === '' ? '' : `${part}-00000${n}: ${text}\r\n`)
      return header('Action', action) + header('Cat', category) + header('Var', name) + header('Value', value)
    })
    await raw.ask(`Action: UpdateConfig\r\nSrcFilename: ${file}\r\nDstFilename: ${file}\r\n${changes.join('')}\r\n`)
    await body(ami, file, read)
  })
}

/** Makes a change if it is not refused; says whether it was made. */
async function attempt(ami: Client, file: string, change: ConfigChange): Promise<boolean> {
  try {
    await updateConfig(ami, file, [change])
    return true
  } catch (error) {
    if (AmiError.is(error) && error.code === 'AMI_ARGUMENT') return false
    throw error
  }
}

function configFiles(target: Target): void {
  describe(`${target.name}: configuration files`, () => all(target))
}

function all(target: Target): void {
  const { name } = target
  // a line is put behind those of `mid`, a category behind all; then it is taken away again, and nothing is left of it
  const cases: [
    what: string,
    seed: number,
    put: (text: string) => ConfigChange,
    written: (text: string) => string,
    takeAway: (text: string) => ConfigChange,
  ][] = [
    [
      'name',
      1,
      (text) => ({ change: 'append', category: 'mid', name: text, value: 'v' }),
      (text) => `mid|${text}=v`,
      (text) => ({ change: 'delete', category: 'mid', name: text }),
    ],
    [
      'value',
      2,
      (text) => ({ change: 'append', category: 'mid', name: 'n', value: text }),
      (text) => `mid|n=${text}`,
      () => ({ change: 'delete', category: 'mid', name: 'n' }),
    ],
    [
      "object's value",
      3,
      (text) => ({ change: 'append', category: 'mid', name: 'n', value: text, object: true }),
      (text) => `mid|n=${text}`,
      () => ({ change: 'delete', category: 'mid', name: 'n' }),
    ],
    [
      'category',
      4,
      (text) => ({ change: 'newCategory', category: text }),
      (text) => `[${text}]`,
      (text) => ({ change: 'deleteCategory', category: text }),
    ],
  ]
  for (const [what, seed, put, written, takeAway] of cases) {
    test(`${name}: a ${what} is written as it is given or refused, and nothing else in the file changes`, () =>
      withFile(target, async (ami, file, read) => {
        const base = await read()
        assert.equal(base.length, BASE.length)
        const behind = what === 'category' ? base.length : base.indexOf('[after]')
        let made = 0
        for (const text of oddTexts(150, seed)) {
          if (!(await attempt(ami, file, put(text)))) continue
          made++
          assert.deepEqual(await read(), base.toSpliced(behind, 0, written(text)), JSON.stringify(text))
          const own = await getConfig(ami, file)
          const last = own.categories[what === 'category' ? base.filter((line) => line.startsWith('[')).length : 1]
          if (what === 'category') assert.equal(last?.name, text)
          else assert.equal(last?.lines.at(-1)?.join('='), written(text).slice('mid|'.length))
          assert.ok(await attempt(ami, file, takeAway(text)), JSON.stringify(text))
          assert.deepEqual(await read(), base, JSON.stringify(text))
        }
        assert.ok(made > 50, `${made} of them were written`)
        assert.deepEqual(await read(), base)
      }))
  }

  test(`${name}: a name that a category is given by renaming is held to the same`, () =>
    withFile(target, async (ami, file, read) => {
      const base = await read()
      for (const text of oddTexts(60, 5)) {
        if (!(await attempt(ami, file, { change: 'renameCategory', category: 'mid', to: text }))) continue
        const renamed = base.map((line) => line.replace(/^mid\||^\[mid\]$/, (old) => old.replace('mid', () => text)))
        assert.deepEqual(await read(), renamed, JSON.stringify(text))
        assert.ok(await attempt(ami, file, { change: 'renameCategory', category: text, to: 'mid' }))
      }
      assert.deepEqual(await read(), base)
    }))

  if (!target.real) return

  test(`${name}: an insert where there is no line neither ends the server nor gets lost`, () =>
    withFile(target, async (ami, file, read) => {
      const base = await read()
      const insert = (category: string, line: number): ConfigChange => ({
        change: 'insert',
        category,
        line,
        name: `at${line}`,
        value: 'v',
      })
      await assert.rejects(updateConfig(ami, file, [insert('after', 2)]), refused('line'))
      await assert.rejects(updateConfig(ami, file, [insert('mid', 3)]), refused('line'))
      await assert.rejects(
        updateConfig(ami, file, [{ change: 'emptyCategory', category: 'mid' }, insert('mid', 1)]),
        refused('line'),
      )
      assert.throws(() => updateConfig(ami, file, [insert('mid', -1)]), refused('line'))
      assert.deepEqual(await read(), base)
      await updateConfig(ami, file, [
        { change: 'emptyCategory', category: 'mid' },
        insert('mid', 0),
        insert('mid', 1),
        { change: 'append', category: 'mid', name: 'last', value: 'v' },
        { change: 'insert', category: 'mid', line: 1, name: 'between', value: 'v' },
      ])
      assert.deepEqual(
        (await read()).filter((line) => line.startsWith('mid|')),
        ['mid|at0=v', 'mid|between=v', 'mid|at1=v', 'mid|last=v'],
      )
    }))

  test(`${name}: a line is taken away by its number only if it has the name`, () =>
    withFile(target, async (ami, file, read) => {
      const base = await read()
      const remove = (line: number): ConfigChange => ({ change: 'delete', category: 'mid', name: 'object', line })
      await assert.rejects(updateConfig(ami, file, [remove(0)]), refused('line'))
      assert.throws(() => updateConfig(ami, file, [{ ...remove(1), match: '' } as ConfigChange]), refused('match'))
      assert.deepEqual(await read(), base)
      await updateConfig(ami, file, [remove(1)])
      assert.deepEqual(
        await read(),
        base.filter((line) => !line.startsWith('mid|object')),
      )
    }))

  test(`${name}: a category that another inherits from is neither taken away nor renamed`, () =>
    withFile(target, async (ami, file, read) => {
      const base = await read()
      const template = { category: 'base', filter: 'TEMPLATES=include' } as const
      await updateConfig(ami, file, [
        { change: 'newCategory', category: 'base', template: true },
        { change: 'append', ...template, name: 'type', value: 'friend' },
        { change: 'newCategory', category: 'child', inherits: ['base'] },
      ])
      const whole = await read()
      assert.deepEqual(whole, [...base, '[base]', 'base|type=friend', '[child]', 'child|type=friend'])
      await assert.rejects(updateConfig(ami, file, [{ change: 'deleteCategory', ...template }]), refused('category'))
      await assert.rejects(
        updateConfig(ami, file, [{ change: 'renameCategory', ...template, to: 'other' }]),
        refused('category'),
      )
      assert.deepEqual(await read(), whole)
      for (const odd of ['!', '+base', 'a,b', 'a"b', "a'b", 'a)b', 'a\\b', 'a=b', 'a ', ' a', 'a]b', '']) {
        const change: ConfigChange = { change: 'newCategory', category: 'odd', inherits: [odd] }
        assert.throws(() => updateConfig(ami, file, [change]), { code: 'AMI_ARGUMENT' }, odd)
      }
      await updateConfig(ami, file, [
        { change: 'deleteCategory', category: 'child' },
        { change: 'deleteCategory', ...template },
      ])
      assert.deepEqual(await read(), base)
    }))
}

await withSimulator(configFiles)
for (const version of [22, 16] as const) withAsterisk(version, configFiles)
