// What a login finds out: the version, the clock, and what the account may do. It changes nothing on the server.
import { AmiError, type Client } from 'amiable'
import { actionFacts, asteriskOf, isAvailable, rightsFor } from 'amiable/catalog'
import { spell } from '../output/time.ts'
import { NEEDS } from '../server/needs.ts'
import { shownRead } from '../server/read-rights.ts'
import type { Finding } from './finding.ts'
import { checkAdvisory, checkVersion } from './versions.ts'

/** What the account may do, as far as it can be found out. */
interface Rights {
  /** Names of the actions that it may send. */
  readonly actions: ReadonlySet<string>
  readonly write: ReadonlySet<string>
  readonly read: ReadonlySet<string>
  /** Whether `read` is all that it has, and not only what is proven. */
  readonly readIsWhole: boolean
}

/** Checks what needs a login. @param profiles names of {@link NEEDS} that the account must be fit for */
export async function checkAccountOf(
  client: Client,
  account: string,
  profiles: readonly string[],
  hasSystem: boolean,
): Promise<Finding[]> {
  const rights = await rightsOf(client, account, hasSystem)
  const branch = asteriskOf(String(client.version))
  const release = await releaseOf(client, rights)
  const version: Finding[] =
    branch === undefined
      ? [{ id: 'V1', level: 'unknown', what: 'version', says: `AMI ${client.version} is of no known Asterisk` }]
      : [checkVersion(branch, release, Date.now())]
  return [
    ...version,
    ...(release === undefined ? [] : checkAdvisory(release, rights.write)),
    await checkClock(client),
    ...checkWrite(rights),
    checkRead(rights),
    ...profiles.map((name) =>
      checkProfile(name, account, rights, release ?? (branch === undefined ? undefined : String(branch))),
    ),
  ]
}

async function rightsOf(client: Client, account: string, hasSystem: boolean): Promise<Rights> {
  const { headers } = await client.send('ListCommands')
  const write = new Set<string>()
  const actions = new Set<string>()
  for (const [name, synopsis] of headers) {
    // what needs one class alone proves that class
    const [, list] = /\(Priv: ([\w,<>]+)\)\s*$/.exec(synopsis) ?? []
    if (list === undefined) continue
    actions.add(name)
    const classes = list.split(',').filter((one) => one !== 'all' && one !== '<none>')
    if (classes.length === 1) write.add(classes[0] as string)
  }
  const shown = actions.has('Command') ? await shownRead(client, account) : undefined
  const proven = hasSystem ? ['system'] : []
  return { actions, write, read: new Set(shown ?? proven), readIsWhole: shown !== undefined }
}

async function releaseOf(client: Client, { actions }: Rights): Promise<string | undefined> {
  if (!actions.has('CoreSettings')) return undefined
  const release = (await client.send('CoreSettings')).get('AsteriskVersion') ?? ''
  return /\d[\w.+~-]*/.exec(release)?.[0]
}

const PINGS = 5
// events and call records are compared to the second
const CLOCK = 1_000

async function checkClock(client: Client): Promise<Finding> {
  const what = { id: 'C1', what: 'clock' }
  let best: { off: number; half: number } | undefined
  for (let count = 0; count < PINGS; count++) {
    const sent = Date.now()
    const began = performance.now()
    const stamp = Number((await client.send('Ping')).get('Timestamp'))
    const half = (performance.now() - began) / 2
    if (!(stamp > 0)) return { ...what, level: 'unknown', says: 'Ping has no Timestamp' }
    // the shortest round trip says most
    if (best === undefined || half < best.half) best = { off: stamp * 1000 - (sent + half), half }
  }
  const { off, half } = best as { off: number; half: number }
  const says = `${spell(Math.abs(off))} ${off < 0 ? 'behind' : 'ahead of'} this machine (± ${spell(half)})`
  if (Math.abs(off) - half < CLOCK) return { ...what, level: 'ok', says }
  return {
    ...what,
    level: 'warn',
    says: `${says}: so are the times in its events and call records`,
    fix: ['timedatectl set-ntp true, on the one that is wrong'],
  }
}

function checkWrite({ write, actions }: Rights): Finding[] {
  const says = `${[...write].sort().join(', ') || 'nothing'}; ${actions.size} actions`
  const found: Finding = { id: 'R1', level: 'ok', what: 'write', says }
  return [found]
}

function checkRead({ read, readIsWhole }: Rights): Finding {
  const names = [...read].sort().join(', ')
  if (readIsWhole) return { id: 'R2', level: 'ok', what: 'read', says: names || 'nothing: no event comes' }
  const says = `${names === '' ? 'nothing is proven' : `proven: ${names}`}; the rest cannot be asked without write = command`
  return { id: 'R2', level: 'unknown', what: 'read', says }
}

/** Returns what a verb of this command lacks. */
function checkProfile(
  name: string,
  account: string,
  { actions, write, read, readIsWhole }: Rights,
  version: string | undefined,
): Finding {
  const needed = NEEDS[name] ?? { actions: [], events: [] }
  const rights = rightsFor({ ...needed, ...(version !== undefined && { version }) })
  const isThere = (one: string) => version === undefined || isAvailable(one, version)
  const lacking = needed.actions.filter((one) => !actions.has(actionFacts(one)?.name ?? one) && isThere(one))
  const deaf = rights.read.filter((one) => !read.has(one))
  const found = { id: 'R3', what: name }
  const mended = (has: ReadonlySet<string>, more: readonly string[]) => [...new Set([...has, ...more])].sort().join(',')
  const fix = [
    `[${account}]`,
    ...(lacking.length > 0 ? [`write = ${mended(write, rights.write)}`] : []),
    ...(deaf.length > 0 && readIsWhole ? [`read = ${mended(read, rights.read)}`] : []),
  ]
  const parts = [
    ...(lacking.length > 0 ? [`it may not send ${lacking.join(', ')}`] : []),
    ...(deaf.length > 0 && readIsWhole ? [`it does not get events of read = ${deaf.join(',')}`] : []),
  ]
  if (parts.length > 0) return { ...found, level: 'error', says: parts.join('; '), fix }
  if (deaf.length === 0) return { ...found, level: 'ok', says: 'it may do all that is needed' }
  return { ...found, level: 'unknown', says: `whether read has ${deaf.join(', ')} cannot be asked` }
}

/** Returns the finding of a login that failed; `undefined` for an error of another kind. */
export function loginFault(error: unknown, account: string): Finding | undefined {
  const cause = AmiError.is(error) && error.code === 'AMI_CLOSED' ? error.cause : error
  if (!AmiError.is(cause)) return undefined
  const found = { id: 'A2', level: 'error', what: 'login' } as const
  if (cause.code !== 'AMI_AUTH')
    return { ...found, says: cause.message, fix: ['amiable doctor -v shows how far it came'] }
  if (/already in use/i.test(cause.message)) {
    const fix = [`[${account}]`, 'allowmultiplelogin = yes, or end the other program']
    return { ...found, id: 'A3', says: `${account} is logged in already, and may be so only once`, fix }
  }
  return {
    ...found,
    says: cause.message,
    fix: [
      `the secret must be that of [${account}] to the letter, and permit must have the address of this machine`,
      'Asterisk says why in its log; amiable doctor --config /etc/asterisk/manager.conf looks at the file there',
    ],
  }
}
