// What the README says is so: its quick start runs, its verbs and its exit status are those of the command.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { startServer } from 'amiable/testing'
import { EXIT } from 'amiable-settings'
import { z } from 'zod'
import { natsBinary } from '../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { GatewayCommand, RunningGateway } from '../../../tools/testbed/gateway-command.ts'
import { configSchema } from '../src/config/schema.ts'
import { templateText } from '../src/config/template.ts'
import { VERBS } from '../src/verbs/verbs.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [begin = '', look = ''] = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines]) => lines)
const skip = (await natsObstacle()) ?? false

/** The rows of a table, by its first cell. */
function rowsOf(heading: string): (readonly [first: string, second: string])[] {
  const [, table = ''] = new RegExp(`## ${heading}\n\n[^|]*((?:\\|.*\n)+)`).exec(README) ?? []
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map(
      (line) =>
        line
          .split('|')
          .slice(1, 3)
          .map((cell) => cell.trim()) as [string, string],
    )
}

test('the verbs are those of the command, with their summaries', () => {
  assert.deepEqual(
    rowsOf('Verbs'),
    VERBS.map(({ name, summary }) => [`\`${name}\``, summary]),
  )
})

test('every exit status that the command has is in the table', () => {
  const named = rowsOf('Exit status').flatMap(([status]) => status.split(', ').map(Number))
  const { some: _, ...own } = EXIT
  assert.deepEqual(
    named,
    Object.values(own).toSorted((one, other) => one - other),
  )
})

test('a configuration to begin with names every section and every key that has a default', () => {
  const text = templateText('/etc/amiable')
  const keys = Object.keys(
    (z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as { properties: object }).properties,
  )
  assert.deepEqual(
    keys.filter((key) => !new RegExp(`^(?:# )?${key}:`, 'm').test(text)),
    [],
  )
})

test('the quick start runs as it stands', { skip }, async () => {
  const asterisk = await startServer({ users: { gateway: 'the secret of the account' } })
  const line = new GatewayCommand()
  let gateway: RunningGateway | undefined
  after(async () => {
    await gateway?.end()
    await asterisk.close()
    line[Symbol.dispose]()
  })
  const path = [dirname(await natsBinary('2.15')), join(line.folder, 'bin'), process.env.PATH].join(delimiter)
  const shell = async (command: string) => {
    const own = command.replaceAll('npx amiable-gateway', `${process.execPath} ${line.bin}`)
    await promisify(execFile)('sh', ['-c', own], { cwd: line.folder, env: line.env({ PATH: path }), timeout: 60_000 })
  }
  const lines = begin.trim().split('\n')
  assert.match(lines.at(-1) ?? '', /^npx amiable-gateway run -c gateway\/gateway\.yaml$/)
  const [init = '', ...rest] = lines.slice(0, -1)
  await shell(init)
  const config = join(line.folder, 'gateway/gateway.yaml')
  // an Asterisk of the test's own, pages on no port that somebody else may have, and a log that fits a small disk
  const text = readFileSync(config, 'utf8').replace('# port: 5038', `port: ${asterisk.port} `)
  writeFileSync(config, `${text}http: false\nlog: { maxBytes: 8MiB, keepBytes: 8MiB }\n`)
  for (const one of rest) await shell(one)
  gateway = new RunningGateway(line.start(['run', '-c', config], { PATH: path }))
  await gateway.writes()
  await gateway.said(({ msg }) => msg === 'acting session: ready')
  await line.up(config, { PATH: path })
  for (const one of look.trim().split('\n')) await shell(one.replace('--for 10s', '--for 1s'))
})
