import { dirname, join, resolve } from 'node:path'
import { addressOfUrl, type SecretSource, urlOf } from 'amiable-settings'
import { ask, askSecret } from '../context/ask.ts'
import { type Config, type Context, changeConfig, isContextName, readConfig } from '../context/config-file.ts'
import { configPath } from '../context/places.ts'
import { readSecretFrom, storeSecret } from '../context/stored-secret.ts'
import { certificatesOf, type Target } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Common, Io } from '../io.ts'
import { duration, outputOptions } from '../options.ts'
import { jsonText } from '../output/json.ts'
import { type RowFormat, RowPrinter } from '../output/rows.ts'
import { spell } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { eachServer } from '../server/each-server.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly host?: string
  readonly ca?: string
  readonly secretFile?: string
  readonly secretEnv?: string
  readonly secretCommand?: string
  readonly secretCredential?: string
  readonly protect?: boolean
  readonly readOnly?: boolean
  readonly timeout?: number
  readonly output?: RowFormat
  readonly json?: boolean
}

/** `amiable context ACTION [NAME]`: servers by name. */
export const context = verb<Options>({
  define: (command) => {
    command
      .argument('<action>', 'add, ls, show, use, set, rm, test or secret')
      .argument('[names...]', 'the context; test takes several, or all')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Of add and set:')
      .option('-H, --host <url>', 'the server: ami://user@host:port, or amis:// for TLS')
      .option('--ca <file>', 'the certificates to trust, in place of the public ones')
      .option('--secret-file <file>', 'the secret is in this file, which only you can read')
      .option('--secret-env <name>', 'the secret is in this variable')
      .option('--secret-command <line>', "the secret is the first line that this prints: 'pass show pbx1'")
      .option('--secret-credential <name>', 'the secret is this credential of systemd')
      .option('--protect', 'asks before it changes anything')
      .option('--no-protect', 'asks nothing again')
      .option('--read-only', 'refuses whatever changes something')
      .option('--no-read-only', 'allows changes again')
      .optionsGroup('Of test:')
      .addOption(duration('--timeout <time>', 'how long a login may take (10s)'))
    outputOptions(command, ['table', 'json', 'jsonl', 'csv', 'tsv', 'name'], 'table')
  },
  run: async (io, input) => {
    const [action = '', ...names] = input.args
    const work = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
    if (work === undefined) {
      const known = Object.keys(ACTIONS)
      throw usage(`context has no action ${action}${didYouMean(action, known)}`, `There are ${known.join(', ')}.`)
    }
    return await work(io, input, names)
  },
})

const EXAMPLES = `amiable context add pbx1 --host amis://frank@pbx1.example.net
amiable context test
`
const NOTES = `
The configuration holds where a secret is, and never the secret. 'context secret
NAME' asks for one, or reads it from standard input, and stores it in a file
that only you can read.`

type Action = (io: Io, input: Input<Options>, names: readonly string[]) => Promise<number>

const ACTIONS: Readonly<Record<string, Action>> = {
  add: async (io, input, names) => {
    const name = oneName(names, 'add')
    if (!isContextName(name)) throw usage(`${name} cannot name a context: use letters, digits, . _ and -`)
    mustBeNew(read(io), name)
    const url = input.options.host ?? (await askFor(io, input, 'server, as in ami://user@host:5038: '))
    const added = changed(addressOfUrl(url, input.options.host === undefined ? 'the server' : '--host'), input.options)
    changeConfig(configPath(io.env), (now) => {
      mustBeNew(now, name)
      return { contexts: { ...now.contexts, [name]: added }, current: now.current ?? name }
    })
    await io.err.line(`${name} is ${urlOf(added)}`)
    if (added.secret === undefined && io.isTerminal.in && input.input) return await storeAsked(io, name)
    return EXIT.done
  },
  set: async (io, { options }, names) => {
    const name = oneName(names, 'set')
    changeConfig(configPath(io.env), (config) => {
      const old = existing(config, name)
      const moved = options.host === undefined ? old : { ...without(old), ...addressOfUrl(options.host, '--host') }
      return { ...config, contexts: { ...config.contexts, [name]: changed(moved, options) } }
    })
    return EXIT.done
  },
  use: async (io, _, names) => {
    const name = oneName(names, 'use')
    changeConfig(configPath(io.env), (config) => {
      existing(config, name)
      return { ...config, current: name }
    })
    return EXIT.done
  },
  rm: async (io, _, names) => {
    const name = oneName(names, 'rm')
    changeConfig(configPath(io.env), (config) => {
      existing(config, name)
      const { [name]: _removed, ...contexts } = config.contexts
      const { current, ...rest } = config
      return { ...rest, ...(current !== name && current && { current }), contexts }
    })
    return EXIT.done
  },
  show: async (io, _, names) => {
    const name = oneName(names, 'show')
    await io.out.line(jsonText(existing(read(io), name)))
    return EXIT.done
  },
  ls: async (io, input) => {
    const { contexts, current } = read(io)
    const rows = Object.entries(contexts).map(([name, one]) => ({ name, current: name === current, ...one }))
    const printer = new RowPrinter<(typeof rows)[number]>(io, input, {
      format: formatOf(input.options),
      columns: [
        { title: '', field: 'current', value: ({ current }) => (current ? '*' : '') },
        { title: 'NAME', field: 'name', value: ({ name }) => name },
        { title: 'SERVER', field: 'server', value: urlOf },
        { title: 'SECRET', field: 'secret', value: ({ secret }) => Object.keys(secret ?? {})[0] ?? 'asked for' },
        { title: 'CHANGES', field: 'changes', value: changesOf },
      ],
      document: (row) => row,
      name: ({ name }) => name,
    })
    for (const row of rows) await printer.row(row)
    await printer.end()
    if (rows.length === 0) await io.err.line('no contexts')
    return EXIT.done
  },
  secret: async (io, input, names) => {
    const name = oneName(names, 'secret')
    existing(read(io), name)
    if (io.isTerminal.in && input.input) return await storeAsked(io, name)
    return store(io, name, await readSecretFrom(process.stdin))
  },
  test: async (io, input, names) => {
    const config = read(io)
    const chosen = names.length > 0 ? names : Object.keys(config.contexts)
    const targets = chosen.map((name): Target => ({ name, context: existing(config, name) }))
    if (targets.length === 0) throw usage('there are no contexts', 'amiable context add NAME --host URL')
    return await eachServer(io, targets, { json: false, reads: true }, (target) => login(io, input, target))
  },
}

async function login(io: Io, input: Input<Options>, target: Target): Promise<number> {
  const { withClient } = await import('../server/session.ts')
  const began = performance.now()
  const options = { events: 'off' as const, timeout: input.options.timeout }
  await withClient(io, input, target, options, async ({ version }) => {
    const took = spell(performance.now() - began)
    await io.out.line(`${target.name}  logged in after ${took}, AMI ${visible(String(version))}`)
  })
  return EXIT.done
}

function read(io: Io): Config {
  return readConfig(configPath(io.env))
}

function oneName(names: readonly string[], action: string): string {
  const [name, second] = names
  if (name === undefined || second !== undefined) throw usage(`context ${action} needs the name of one context`)
  return name
}

function mustBeNew({ contexts }: Config, name: string): void {
  if (!Object.hasOwn(contexts, name)) return
  throw usage(`there is a context ${name} already`, `amiable context set ${name} …`)
}

function existing({ contexts }: Config, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (found === undefined) throw usage(`there is no context ${name}${didYouMean(name, Object.keys(contexts))}`)
  return found
}

// what the URL says itself
function without({ port: _port, tls: _tls, ...rest }: Context): Context {
  return rest
}

function changed(context: Context, options: Options): Context {
  const secret = secretOf(options)
  const next = {
    ...context,
    ...(options.ca !== undefined && { ca: resolve(options.ca) }),
    ...(secret !== undefined && { secret }),
    ...(options.protect !== undefined && { protect: options.protect }),
    ...(options.readOnly !== undefined && { readOnly: options.readOnly }),
  }
  certificatesOf(next)
  return next
}

function secretOf({ secretFile, secretEnv, secretCommand, secretCredential }: Options): SecretSource | undefined {
  const given: SecretSource[] = [
    ...(secretFile === undefined ? [] : [{ file: secretFile && resolve(secretFile) }]),
    ...(secretEnv === undefined ? [] : [{ env: secretEnv }]),
    ...(secretCommand === undefined ? [] : [{ command: secretCommand }]),
    ...(secretCredential === undefined ? [] : [{ credential: secretCredential }]),
  ]
  if (given.length > 1) throw usage('a context has one place for its secret: give one --secret-… option')
  return given[0]
}

function changesOf({ protect, readOnly }: Context): string {
  if (readOnly) return 'refused'
  return protect ? 'asked about' : 'allowed'
}

function formatOf({ output, json }: Options): RowFormat {
  return json ? 'json' : (output ?? 'table')
}

async function askFor(io: Io, { input }: Common, question: string): Promise<string> {
  if (!io.isTerminal.in || !input) throw usage('context add needs --host URL', 'amiable context add NAME --host URL')
  return (await ask(question, io.signal)).trim()
}

async function storeAsked(io: Io, name: string): Promise<number> {
  return store(io, name, await askSecret(`secret of ${name}: `, io.signal))
}

function store(io: Io, name: string, secret: string): number {
  const path = configPath(io.env)
  const file = join(dirname(path), 'secrets', name)
  storeSecret(file, secret)
  changeConfig(path, (config) => {
    const context = { ...existing(config, name), secret: { file } }
    return { ...config, contexts: { ...config.contexts, [name]: context } }
  })
  return EXIT.done
}
