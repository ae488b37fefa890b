import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CliError, type CommandProcess, didYouMean, EXIT, makeFolder, usage } from 'amiable-settings'
import { Option } from 'commander'
import { ensureConsumer } from '../bus/consumers.ts'
import { accountsText, ROLES } from '../bus/permissions.ts'
import { ensureStreams } from '../bus/streams.ts'
import { templateText } from '../config/template.ts'
import { streamsOf } from '../run/gateway.ts'
import { withNats } from '../run/reach.ts'
import { configOption } from './options.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway init /etc/amiable
amiable-gateway init -c /etc/amiable/gateway.yaml --team crm --dry-run
`

interface Options {
  readonly config?: string
  readonly team?: readonly string[]
  readonly dryRun?: boolean
}

/** `amiable-gateway init FOLDER` begins a configuration; with `-c` it makes in NATS what a configuration needs. */
export const init = verb<Options>({
  define: (command) => {
    command
      .argument('[folder]', 'where the two files are written (here)')
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
Without -c it writes gateway.yaml and accounts.conf, and overwrites nothing.
With -c it makes the streams, and the consumer of each team, that are not there.`,
      )
    configOption(command)
      .addOption(new Option('--team <names>', 'the teams that get a consumer of all logs').argParser(teamsOf))
      .option('--dry-run', 'with -c: only says what it would make or change')
  },
  async run(io, { args: [folder], options }) {
    if (options.config !== undefined) {
      if (folder !== undefined) throw usage('init takes a folder or -c, and not both')
      return await inNats(io, options.config, options.team ?? [], options.dryRun === true)
    }
    if (options.team !== undefined || options.dryRun) throw usage('--team and --dry-run need -c')
    return await inFolder(io, resolve(folder ?? '.'))
  },
})

async function inFolder(io: CommandProcess, folder: string): Promise<number> {
  const files = [
    [join(folder, 'gateway.yaml'), templateText(folder), 'the configuration: say in it where Asterisk and NATS are'],
    [
      join(folder, 'accounts.conf'),
      accountsText(Object.keys(ROLES), 'ami'),
      'for nats-server: include it in its configuration',
    ],
  ] as const
  const there = files.find(([path]) => existsSync(path))
  if (there) throw exists(there[0])
  makeFolder(folder)
  for (const [path, text] of files) {
    try {
      writeFileSync(path, text, { flag: 'wx', mode: 0o644 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(path)
      throw error
    }
  }
  for (const [path, , what] of files) await io.out.line(`${path}: ${what}`)
  await io.out.line(`Next: put the secret of the account into ${folder}/pbx1.secret, with mode 600, and then
amiable-gateway check -c ${files[0][0]}`)
  return EXIT.done
}

function exists(path: string): CliError {
  const hints = ['init overwrites nothing: name another folder, or remove the file.']
  return new CliError(`${path} is there already`, { exit: EXIT.refused, code: 'EXISTS', hints })
}

async function inNats(io: CommandProcess, path: string, teams: readonly string[], dry: boolean): Promise<number> {
  return await withNats(path, io.env, async ({ config, names, bus }) => {
    const lines: string[] = []
    for (const { stream, change, settings } of await ensureStreams(bus, {
      ...streamsOf(config, names, bus),
      manage: !dry,
    })) {
      lines.push(`stream ${stream}: ${change}${settings.length > 0 ? ` ${settings.join(', ')}` : ''}`)
    }
    for (const team of teams) {
      // what is not there has no consumers yet
      const isStreamMade = dry && lines.includes(`stream ${names.all}: make`)
      if (isStreamMade || (await ensureConsumer(bus, names.all, team, !dry)))
        lines.push(`consumer ${team} of ${names.all}: make`)
    }
    for (const line of lines) await io.out.line(dry ? `would: ${line}` : line)
    if (lines.length === 0) await io.out.line('everything is as wanted')
    return EXIT.done
  })
}

function teamsOf(given: string): string[] {
  const known = Object.entries(ROLES).flatMap(([name, { durable }]) => (durable ? [name] : []))
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return [...new Set(names)]
  throw usage(
    `there is no team ${unknown} with a consumer${didYouMean(unknown, known)}`,
    `These have one: ${known.join(', ')}.`,
  )
}
