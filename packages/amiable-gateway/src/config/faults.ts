// What a form cannot say: how values stand to each other, and whether the files that are named can be read.
import { type Environment, type Fault, fileFaults, type PartialOf, secretFaults } from 'amiable-settings/yaml'
import { type Config, SERVER_NAME } from './schema.ts'

/** A configuration of which some values may be missing. */
export type PartialConfig = PartialOf<Config>

/** Finds the faults that values have together. It opens no connection and runs no command. */
export function faultsOf(config: PartialConfig, env: Environment): Fault[] {
  return [...namesOf(config), ...natsFaults(config, env), ...asteriskFaults(config, env), ...ruleFaults(config)]
}

function namesOf({ asterisks = {}, log }: PartialConfig): Fault[] {
  const faults: Fault[] = []
  const seen = new Map<string, string>()
  for (const name of Object.keys(asterisks)) {
    const path = ['asterisks', name]
    const lower = name.toLowerCase()
    if (!SERVER_NAME.test(name)) {
      faults.push({ path, message: 'must have a name of letters, digits, - and _, at most 32' })
    } else if (lower === 'any') {
      faults.push({
        path,
        message: 'must have another name: any stands for every Asterisk in the subject of an action',
      })
    } else if (seen.has(lower)) {
      faults.push({ path, message: `must differ from ${seen.get(lower)} in more than upper and lower case` })
    }
    seen.set(lower, name)
  }
  const count = Object.keys(asterisks).length
  if (log?.rings !== undefined && log.rings < count * 1_048_576) {
    faults.push({ path: ['log', 'rings'], message: `must be at least 1 MiB for each of the ${count} Asterisks` })
  }
  return faults
}

type Account = Pick<NonNullable<PartialConfig['nats']>, 'credsFile' | 'nkeyFile' | 'user' | 'password'>

function natsFaults({ nats = {}, log }: PartialConfig, env: Environment): Fault[] {
  const faults = [...accountFaults(nats, ['nats'], env)]
  if (nats.answers !== undefined) faults.push(...accountFaults(nats.answers, ['nats', 'answers'], env))
  for (const key of ['caFile', 'certFile', 'keyFile'] as const) {
    faults.push(...fileFaults(nats.tls?.[key], ['nats', 'tls', key], key === 'keyFile'))
  }
  if ((nats.tls?.certFile === undefined) !== (nats.tls?.keyFile === undefined)) {
    faults.push({ path: ['nats', 'tls'], message: 'must have certFile and keyFile, or neither' })
  }
  if (nats.servers === undefined) {
    const [stray] = Object.keys(nats)
    if (stray !== undefined) {
      faults.push({
        path: ['nats', stray],
        of: [['nats', 'servers']],
        message: 'needs nats.servers: without them the gateway starts its own nats-server',
      })
    }
    if (log?.replicas !== undefined && log.replicas > 1) {
      faults.push({
        path: ['log', 'replicas'],
        of: [['nats', 'servers']],
        message: 'must be 1 where nats.servers is absent: one server keeps one copy',
      })
    }
  }
  return faults
}

function accountFaults(account: Account, path: readonly string[], env: Environment): Fault[] {
  const ways = (['credsFile', 'nkeyFile', 'user'] as const).filter((key) => account[key] !== undefined)
  const faults: Fault[] = []
  if (ways.length > 1) faults.push({ path: [...path, ways[1] as string], message: `cannot stand beside ${ways[0]}` })
  if ((account.user === undefined) !== (account.password === undefined)) {
    faults.push({ path, message: 'must have user and password, or neither' })
  }
  if (account.password !== undefined) faults.push(...secretFaults(account.password, [...path, 'password'], env))
  for (const key of ['credsFile', 'nkeyFile'] as const) faults.push(...fileFaults(account[key], [...path, key], true))
  return faults
}

function asteriskFaults({ asterisks = {} }: PartialConfig, env: Environment): Fault[] {
  return Object.entries(asterisks).flatMap(([name, { secret, tls, events = [] } = {}]) => {
    const path = ['asterisks', name]
    const faults = secretFaults(secret ?? {}, [...path, 'secret'], env)
    if (typeof tls === 'object') faults.push(...fileFaults(tls.caFile, [...path, 'tls', 'caFile'], false))
    for (const [at, group] of events.entries()) {
      if (group !== 'all' && group !== 'none') continue
      faults.push({ path: [...path, 'events', at], message: 'must be one class: name each that you want' })
    }
    return faults
  })
}

/** The actions of class `call` that enter a context need one, and those that dial a technology. */
function ruleFaults({ actions = {} }: PartialConfig): Fault[] {
  const faults: Fault[] = []
  const { classes = [], allow = [], contexts = [], applications = [], inboxes = [] } = actions
  const calls = classes.includes('call') || allow.some((name) => /^(?:originate|redirect)$/i.test(name))
  if (calls && contexts.length === 0 && applications.length === 0) {
    faults.push({
      path: ['actions', 'contexts'],
      of: [['actions', 'applications']],
      message: 'is missing: class call needs the contexts that a call may be sent to',
    })
  }
  for (const [at, name] of allow.entries()) {
    if (!/^(?:login|logoff|challenge|events|waitevent|filter)$/i.test(name)) continue
    faults.push({
      path: ['actions', 'allow', at],
      message: `cannot be ${name}: it would change the gateway's own session`,
    })
  }
  for (const [at, one] of inboxes.entries()) {
    if (one !== '_R_.>') continue
    faults.push({ path: ['actions', 'inboxes', at], message: 'must be the inbox of a team: _R_.> is always answered' })
  }
  return faults
}
