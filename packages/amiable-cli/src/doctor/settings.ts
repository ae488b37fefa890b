// S: the settings of the complete interface, as the console shows them, and some that only the file has.
import { ActionError, type Client } from 'amiable'
import { isLoopback } from '../managerconf/check-general.ts'
import { isTrue } from '../managerconf/options.ts'
import { configured } from './configured.ts'
import type { Finding } from './finding.ts'

/** What is set, as far as it can be asked. */
export interface Settings {
  /** The lines of `manager show settings` by their names; `undefined` where the account may not ask. */
  readonly shown: ReadonlyMap<string, string> | undefined
  /** The address of the web server without encryption. */
  readonly web: string | undefined
  readonly authlimit: string | undefined
  readonly authtimeout: string | undefined
  readonly brokeneventsaction: string | undefined
}

/** Checks the settings of a server. */
export async function checkSettings(client: Client): Promise<Finding[]> {
  const { headers } = await client.send('ListCommands')
  const may = (action: string) => headers.some(([name]) => name === action)
  const [shown, http] = may('Command')
    ? [await consoleOf(client, 'manager show settings'), await consoleOf(client, 'http show status')]
    : []
  const ask = async (name: string) => (may('Getvar') ? await configured(client, 'general', name, -1) : undefined)
  return judgeSettings({
    shown: shown === undefined ? undefined : readSettings(shown),
    web: http?.map((line) => /^Server Enabled and Bound to (\S+)/.exec(line)?.[1]).find((one) => one !== undefined),
    authlimit: await ask('authlimit'),
    authtimeout: await ask('authtimeout'),
    brokeneventsaction: await ask('brokeneventsaction'),
  })
}

async function consoleOf(client: Client, command: string): Promise<readonly string[] | undefined> {
  try {
    return await client.command(command)
  } catch (error) {
    if (error instanceof ActionError) return undefined
    throw error
  }
}

/** Reads what `manager show settings` prints (main/manager.c:handle_manager_show_settings). */
export function readSettings(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const at = line.indexOf(':')
      return line.startsWith('  ') && at !== -1 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : []
    }),
  )
}

// twice what a login takes at most over a slow line
const LONG = 60
// fewer places than this, and a handful of strangers keep everybody out
const FEW = 10

/** Says what is wrong with settings; one line says so where nothing is. */
export function judgeSettings(settings: Settings): Finding[] {
  const { shown } = settings
  const findings = [
    ...ofPlaces(settings),
    ...ofFile(settings),
    ...(shown === undefined ? [] : ofConsole(shown, settings)),
  ]
  const what = { id: 'S0', what: 'settings' }
  if (shown === undefined) {
    return [...findings, { ...what, level: 'unknown', says: 'they cannot be asked without write = command' }]
  }
  if (findings.length > 0) return findings
  const says = ['TCP Bindaddress', 'TLS Bindaddress', 'Timestamp events', 'Display connects']
    .map((name) => `${name.toLowerCase().replace(/^t(cp|ls)/, (one) => one.toUpperCase())} ${shown.get(name) ?? '?'}`)
    .join(', ')
  return [{ ...what, level: 'ok', says }]
}

function ofPlaces({ authlimit, authtimeout }: Settings): Finding[] {
  const findings: Finding[] = []
  const warn = (id: string, what: string, says: string, fix: string) =>
    findings.push({ id, level: 'warn', what, says, fix: [`[general]: ${fix}`] })
  if (Number(authlimit) < FEW) {
    const says = `authlimit = ${authlimit}: so many that connect and say nothing keep everybody out`
    warn('S1', 'authlimit', says, 'authlimit = 50')
  }
  if (Number(authtimeout) > LONG) {
    const says = `authtimeout = ${authtimeout}: who connects and says nothing holds a place for ${authtimeout} s`
    warn('S2', 'authtimeout', says, 'authtimeout = 30')
  }
  return findings
}

function ofFile({ brokeneventsaction }: Settings): Finding[] {
  if (brokeneventsaction === undefined || !isTrue(brokeneventsaction)) return []
  return [
    {
      id: 'S6',
      level: 'warn',
      what: 'brokeneventsaction',
      says: 'brokeneventsaction = yes: the action Events has no answer where it asks for all events',
      fix: ['[general]: brokeneventsaction = no'],
    },
  ]
}

function ofConsole(shown: ReadonlyMap<string, string>, { web }: Settings): Finding[] {
  const is = (name: string, value: string) => shown.get(name)?.toLowerCase() === value
  const findings: Finding[] = []
  const warn = (id: string, what: string, says: string, ...fix: string[]) =>
    findings.push({ id, level: 'warn', what, says, fix })
  if (is('Allow multiple login', 'no')) {
    const says = 'a program that lost its connection is refused while the server still holds the old one'
    warn('S3', 'login', says, '[general]: allowmultiplelogin = yes')
  }
  if (is('Web Manager (AMI/HTTP)', 'yes') && web !== undefined && !isLoopback(web)) {
    const says = `AMI over HTTP is at ${web} without encryption: secrets pass in the clear`
    warn(
      'S4',
      'web',
      says,
      '[general]: webenabled = no',
      'or http.conf [general]: bindaddr = 127.0.0.1, tlsenable = yes',
    )
  }
  const address = shown.get('TCP Bindaddress') ?? ''
  if (/\d/.test(address) && !isLoopback(address)) {
    const says = `AMI without encryption can be reached at ${address}`
    const tls = is('TLS Enable', 'yes') ? '' : ', and for other machines tlsenable = yes, tlscertfile = …'
    warn('S5', 'bindaddr', says, `[general]: bindaddr = 127.0.0.1${tls}`)
  }
  if (is('Debug', 'yes')) {
    const says = 'the debugging of AMI is on: every event is written to the console and the log as well'
    warn('S7', 'debug', says, 'manager set debug off   on the console', '[general]: debug = no')
  }
  return findings
}
