// From files to a configuration that holds. Nothing is opened before all of it holds.
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { whyNot } from 'amiable-settings'
import {
  type Environment,
  type Fault,
  fileFaults,
  type PartialOf,
  parseYaml,
  readConfigFile,
  secretFaults,
} from 'amiable-settings/yaml'
import { type Config, configSchema, NAME, type Users, usersSchema } from './schema.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/** Whether the host of an address with a port, or of a Host header, is this machine itself. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/:\d{1,5}$/, ''))
}

/**
 * Reads the file of a configuration.
 * @throws {ConfigError} with every fault
 */
export function loadConfig(path: string, env: Environment): Config {
  return parseConfig(readConfigFile(path), path, env)
}

/**
 * Reads the text of a configuration.
 * @throws {ConfigError} with every fault
 */
export function parseConfig(text: string, where: string, env: Environment): Config {
  return parseYaml(text, where, { schema: configSchema, faultsOf }, env)
}

/**
 * Reads the file of users, which has hashes of passwords.
 * @throws {ConfigError} with every fault
 */
export function loadUsers(path: string, env: Environment): Users {
  return parseYaml(readConfigFile(path, true), path, { schema: usersSchema, faultsOf: userFaults }, env).users
}

function userFaults({ users = {} }: PartialOf<{ users: Users }>): Fault[] {
  return namesOf(Object.keys(users), 'users')
}

function namesOf(names: readonly string[], section: string): Fault[] {
  return names
    .filter((name) => !NAME.test(name))
    .map((name) => ({ path: [section, name], message: 'must have a name of letters, digits, - . @ and _, at most 64' }))
}

type Given = PartialOf<Config>

function faultsOf(config: Given, env: Environment): Fault[] {
  const { asterisks = {}, boards = {}, metricsToken } = config
  const faults = [
    ...namesOf(Object.keys(asterisks), 'asterisks'),
    ...namesOf(Object.keys(boards), 'boards'),
    ...signInFaults(config, env),
    ...fileFaults(config.site?.themeFile, ['site', 'themeFile'], false),
    ...fileFaults(config.site?.logoFile, ['site', 'logoFile'], false),
    ...tlsFaults(config),
    ...folderFaults(config.stateFolder, ['stateFolder']),
    ...alertFaults(config),
    ...boardFaults(boards),
  ]
  if (metricsToken !== undefined) faults.push(...secretFaults(metricsToken, ['metricsToken'], env))
  for (const [name, { secret, tls } = {}] of Object.entries(asterisks)) {
    faults.push(...secretFaults(secret ?? {}, ['asterisks', name, 'secret'], env))
    if (typeof tls === 'object') faults.push(...fileFaults(tls.caFile, ['asterisks', name, 'tls', 'caFile'], false))
  }
  return faults
}

function signInFaults(
  { signIn = {}, listen = '127.0.0.1:8090', tls, asterisks = {} }: Given,
  env: Environment,
): Fault[] {
  const { mode = 'none', usersFile, networks, secret, device } = signIn
  const faults: Fault[] = []
  if (mode === 'none' && !isLoopback(listen)) {
    faults.push({ path: ['listen'], message: 'must be a loopback address where signIn.mode is none' })
  }
  if (mode === 'local' && tls === undefined && !isLoopback(listen)) {
    faults.push({ path: ['tls'], message: 'is missing: signIn.mode local sends passwords, and not over plain HTTP' })
  }
  if (mode !== 'none' && usersFile === undefined) {
    faults.push({ path: ['signIn', 'usersFile'], message: `is missing: signIn.mode ${mode} takes roles from it` })
  }
  if (mode === 'proxy') {
    if (networks === undefined)
      faults.push({ path: ['signIn', 'networks'], message: 'is missing: who may say who one is' })
    if (secret === undefined) faults.push({ path: ['signIn', 'secret'], message: 'is missing: the proxy shows it' })
  }
  for (const [at, network] of (networks ?? []).entries()) {
    const [address = '', bits = '0'] = network.split('/')
    const most = isIP(address) === 6 ? 128 : 32
    if (isIP(address) === 0 || Number(bits) > most) {
      faults.push({ path: ['signIn', 'networks', at], message: 'must be a network such as 10.0.0.0/8' })
    }
  }
  if (secret !== undefined) faults.push(...secretFaults(secret, ['signIn', 'secret'], env))
  if (signIn.userHeader !== undefined && signIn.userHeader?.toLowerCase() === signIn.secretHeader?.toLowerCase()) {
    faults.push({ path: ['signIn', 'secretHeader'], message: 'must be another header than userHeader' })
  }
  faults.push(...fileFaults(usersFile, ['signIn', 'usersFile'], true))
  if (device?.server !== undefined && !Object.hasOwn(asterisks, device.server)) {
    faults.push({ path: ['signIn', 'device', 'server'], message: 'must be one of asterisks' })
  }
  return faults
}

function tlsFaults({ tls: { certFile, keyFile } = {} }: Given): Fault[] {
  const faults = [...fileFaults(certFile, ['tls', 'certFile'], false), ...fileFaults(keyFile, ['tls', 'keyFile'], true)]
  if (faults.length > 0 || certFile === undefined || keyFile === undefined) return faults
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
    return []
  } catch (error) {
    return [{ path: ['tls', 'certFile'], message: `cannot be used with tls.keyFile: ${(error as Error).message}` }]
  }
}

/** A folder in which others could put a file is none to keep sessions in. */
function folderFaults(folder: string | undefined, path: readonly string[]): Fault[] {
  if (folder === undefined) return []
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return [{ path, message: `must be a folder that is there: ${folder}` }]
  const me = process.getuid?.()
  const [why, fix] = (me === undefined ? undefined : whyNot(found.uid, found.mode, me, false)) ?? []
  if (why === undefined) return []
  return [{ path, message: `cannot be used: the folder ${folder} ${why}. ${fix?.replace('FILE', folder)}` }]
}

function alertFaults({ alerts = {} }: Given): Fault[] {
  const { waiting, longestWait, serviceLevel } = alerts
  const faults: Fault[] = []
  const both = (
    name: string,
    limit: { warning?: number | undefined; alarm?: number | undefined } | undefined,
    up: boolean,
  ) => {
    const { warning, alarm } = limit ?? {}
    if (warning === undefined || alarm === undefined) return
    if (up ? alarm < warning : alarm > warning) {
      faults.push({ path: ['alerts', name, 'alarm'], message: `must be at ${up ? 'least' : 'most'} what warning is` })
    }
  }
  both('waiting', waiting, true)
  both('longestWait', longestWait, true)
  both('serviceLevel', serviceLevel, false)
  return faults
}

function boardFaults(boards: NonNullable<Given['boards']>): Fault[] {
  const faults: Fault[] = []
  for (const [name, board] of Object.entries(boards)) {
    const rotation = board?.rotation ?? []
    const areKnown = rotation.every((other) => Object.hasOwn(boards, other))
    if (rotation.length > 0 && areKnown && !rotation.includes(name)) {
      faults.push({ path: ['boards', name, 'rotation'], message: `must name ${name} too, in its turn` })
    }
    for (const [at, other] of rotation.entries()) {
      const path = ['boards', name, 'rotation', at]
      if (!Object.hasOwn(boards, other)) faults.push({ path, message: 'must be one of boards' })
      else if (boards[other]?.rotation?.join() !== rotation.join()) {
        // a screen would turn to that one and stay there, or go on to others
        faults.push({ path, message: `must be a board with the same rotation: that of ${other} is another one` })
      }
    }
    for (const [at, tile] of (board?.tiles ?? []).entries()) {
      const { x, y, w, h } = tile
      if (x + w > 12 || y + h > 6) {
        faults.push({ path: ['boards', name, 'tiles', at], message: 'must lie within 12 columns and 6 rows' })
      }
    }
  }
  return faults
}
