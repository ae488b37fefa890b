import { resolve } from 'node:path'
import { AmiError, type Client } from 'amiable'
import { SettingsError, urlOf } from 'amiable-settings'
import { type Target, targetsFor } from '../context/targets.ts'
import type { Finding } from '../doctor/finding.ts'
import { countFindings, printFindings } from '../doctor/print.ts'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { duration, outputOptions, type ServerOptions, serverOptions } from '../options.ts'
import { jsonText } from '../output/json.ts'
import { spell } from '../output/time.ts'
import { NEEDS, needsOption } from '../server/needs.ts'
import { logOff, open } from '../server/session.ts'
import { type Input, verb } from './verb.ts'

interface Options extends ServerOptions {
  readonly for?: readonly string[]
  readonly config?: string
  readonly section?: string
  readonly explain?: string
  readonly deep?: number | true
  readonly idle?: number
  readonly strict?: boolean
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

/** `amiable doctor`: what is wrong with an account, a connection and a manager.conf, and what to do. */
export const doctor = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Doctor:')
      .addOption(needsOption('whether the account may do what a verb needs'))
      .option('--config <file>', 'looks at a manager.conf, and at no server')
      .option('--section <name>', 'this account of the manager.conf alone')
      .addOption(duration('--deep [time]', 'looks at settings, answers and all events too, for a while (30s)'))
      .addOption(duration('--idle <time>', 'holds a silent connection for so long, and looks whether it stays'))
      .option('--explain <check>', 'says what a check such as R3 looks at and why, and asks no server')
      .option('--strict', 'exit 1 for a warning too')
    outputOptions(command, ['text', 'json'], 'text')
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable doctor --for originate --deep 1m
amiable doctor --config /etc/asterisk/manager.conf --section frank
`
const NOTES = `
It changes nothing on a server, and shows no secret. Exit status 1: there is an
error. A file is read as Asterisk reads it, with what it includes.`

/** The findings about one server or file. */
interface Report {
  readonly source: string
  readonly title: string
  readonly findings: readonly Finding[]
}

// milliseconds that each step may take
const PATIENCE = 3_000
// milliseconds that --deep listens
const A_WHILE = 30_000

async function run(io: Io, input: Input<Options>): Promise<number> {
  const { options } = input
  if (options.explain !== undefined) return await explain(io, input, options.explain)
  if (options.section !== undefined && options.config === undefined) throw usage('--section needs --config FILE')
  const reports =
    options.config === undefined
      ? await Promise.all(targetsFor(options, io.env).map((target) => ofServer(io, input, target)))
      : [await ofFile(options.config, options.section, options.for)]
  const all = reports.flatMap(({ findings }) => findings)
  if (options.json === true || options.output === 'json') {
    await io.out.line(jsonText(reports.map(({ source, findings }) => ({ source, findings }))))
  } else {
    for (const { title, findings } of reports) {
      await printFindings(io, input, title, findings)
      await io.out.line('')
    }
    await io.out.line(countFindings(all))
  }
  const isBad = ({ level }: Finding) => level === 'error' || (options.strict === true && level === 'warn')
  return all.some(isBad) ? EXIT.refused : EXIT.done
}

async function explain(io: Io, { options, paint }: Input<Options>, given: string): Promise<number> {
  const { EXPLANATIONS } = await import('../doctor/explanations.ts')
  const id = given.toUpperCase()
  const found = Object.hasOwn(EXPLANATIONS, id) ? EXPLANATIONS[id] : undefined
  if (found === undefined) throw usage(`there is no check ${given}${didYouMean(id, Object.keys(EXPLANATIONS))}`)
  if (options.json === true || options.output === 'json') await io.out.line(jsonText({ id, ...found }))
  else await io.out.line(`${paint('bold', `${id}  ${found.title}`)}\n\n${found.how}\n${found.why}`)
  return EXIT.done
}

async function ofFile(path: string, section: string | undefined, profiles: readonly string[] = []): Promise<Report> {
  const { checkManagerConf } = await import('../managerconf/check.ts')
  const file = resolve(path)
  try {
    return { source: path, title: path, findings: checkManagerConf(file, section, eventsOf(profiles)) }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw usage(`the configuration ${path} cannot be read: ${error.message}`)
  }
}

function eventsOf(profiles: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(profiles.map((name) => [name, NEEDS[name]?.events ?? []]))
}

async function ofServer(io: Io, input: Input<Options>, target: Target): Promise<Report> {
  const { name, context } = target
  const { username } = context
  const patience = input.options.timeout ?? PATIENCE
  const [{ reach }, { checkEncryption }] = await Promise.all([
    import('../doctor/reach.ts'),
    import('../doctor/encryption.ts'),
  ])
  const report = (findings: readonly Finding[]): Report => ({
    source: name,
    title: `${name}  ${urlOf(context)}`,
    findings,
  })
  const { findings: reached, address } = await reach(name, context, patience, io.signal)
  if (address === undefined) return report(reached)
  const encryption = await checkEncryption(name, context, address, patience)
  const before = [...reached, ...encryption]
  if (encryption.some(({ level }) => level === 'error')) return report(before)
  const after = await afterLogin(io, input, target, username)
  const { idle } = input.options
  // the first connection is closed: an account may be allowed only one
  if (idle !== undefined && after[0]?.level === 'ok') after.push(await whileIdle(io, input, target, idle))
  return report([...before, ...after])
}

async function whileIdle(io: Io, input: Input<Options>, target: Target, time: number): Promise<Finding> {
  const { checkIdle } = await import('../doctor/idle.ts')
  const session = { events: 'off', keepalive: false, timeout: input.options.timeout } as const
  let client: Client | undefined
  try {
    client = await open(io, input, target, session)
    return await checkIdle(client, time, io.signal)
  } catch (error) {
    if (io.signal.aborted || !AmiError.is(error)) throw error
    return { id: 'K2', level: 'unknown', what: 'idle', says: `a second login failed: ${error.message}` }
  } finally {
    await logOff(io, client)
  }
}

async function afterLogin(io: Io, input: Input<Options>, target: Target, username: string): Promise<Finding[]> {
  const { checkAccountOf, loginFault } = await import('../doctor/account.ts')
  const { for: profiles = [], deep, timeout } = input.options
  let client: Client | undefined
  let hasSystem = false
  const began = performance.now()
  try {
    const events = deep === undefined ? ['system'] : ('on' as const)
    client = await open(io, input, target, { events, timeout }, (made) => {
      made.on('FullyBooted', () => {
        hasSystem = true
      })
    })
    const login: Finding = {
      id: 'A2',
      level: 'ok',
      what: 'login',
      says: `${username}, in ${spell(performance.now() - began)}`,
    }
    io.signal.addEventListener('abort', () => client?.destroy(), { once: true })
    // FullyBooted stands directly behind the answer to the login
    await client.send('Ping')
    const { checkFilters } = await import('../doctor/filters.ts')
    return [
      login,
      ...(await checkAccountOf(client, username, profiles, hasSystem)),
      ...(await checkFilters(client, username, profiles)),
      ...(deep === undefined ? [] : await inDepth(io, client, username, profiles, deep === true ? A_WHILE : deep)),
    ]
  } catch (error) {
    if (io.signal.aborted) throw error
    if (error instanceof CliError || error instanceof SettingsError) {
      return [{ id: 'A1', level: 'error', what: 'secret', says: error.message, fix: error.hints }]
    }
    const fault = loginFault(error, username)
    if (fault === undefined) throw error
    return [fault]
  } finally {
    await logOff(io, client)
  }
}

async function inDepth(
  io: Io,
  client: Client,
  account: string,
  profiles: readonly string[],
  time: number,
): Promise<Finding[]> {
  const [{ checkSettings }, { checkAnswers, judgeEvents, listen, writeTimeoutOf }] = await Promise.all([
    import('../doctor/settings.ts'),
    import('../doctor/pace.ts'),
  ])
  const settings = await checkSettings(client)
  const answers = await checkAnswers(client)
  const timeout = await writeTimeoutOf(client, account)
  return [...settings, answers, ...judgeEvents(await listen(client, time, io.signal), profiles, account, timeout)]
}
