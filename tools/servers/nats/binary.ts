// nats-server out of Debian's packages, unpacked into a folder of the project's own: nothing is installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from '../asterisk/lock.ts'
import { run, UnavailableError } from '../asterisk/machine.ts'
import { settingsFor } from '../asterisk/settings.ts'

/** The releases that the gateway is tested on: the oldest that it takes, and what Debian carries now. */
export const NATS_VERSIONS = ['2.10', '2.15'] as const
export type NatsVersion = (typeof NATS_VERSIONS)[number]

const SUITES: Readonly<Record<NatsVersion, string>> = { '2.10': 'trixie', '2.15': 'testing' }
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const APT_TIMEOUT = 300_000

/**
 * Returns the path of the program; fetches the package where this checkout has none yet. Throws an UnavailableError
 * where this machine cannot have it.
 */
export async function natsBinary(version: NatsVersion): Promise<string> {
  // beside the chroots of the Asterisks, so that it goes where they go
  const home = join(dirname(settingsFor(22).directory), `nats-${version}`)
  const binary = join(home, 'usr/sbin/nats-server')
  if (existsSync(binary)) return binary
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb'))
    throw new UnavailableError('nats-server comes out of a package of Debian, and this machine has no apt')
  await withLock(`${home}.lock`, async () => {
    if (existsSync(binary)) return
    const fresh = mkdtempSync(`${home}-`)
    try {
      await unpack(version, fresh)
      renameSync(fresh, home)
    } finally {
      rmSync(fresh, { recursive: true, force: true })
    }
  })
  return binary
}

/** Downloads and unpacks the package with package lists of its own: those of the machine stay as they are. */
async function unpack(version: NatsVersion, folder: string): Promise<void> {
  const suite = SUITES[version]
  const apt = join(folder, 'apt')
  for (const path of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, path), { recursive: true })
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : ''
  writeFileSync(join(apt, 'sources.list'), `deb ${signed}${await mirror()} ${suite} main\n`)
  const options = [
    `Dir::Etc::SourceList=${join(apt, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    // its own user may not write here
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  const get = (...words: string[]) =>
    run('apt-get', ['-qq', ...options, ...words], { cwd: apt, timeout: APT_TIMEOUT }).catch((error: Error) => {
      throw new UnavailableError(`nats-server of Debian ${suite} cannot be had: ${error.message}`)
    })
  // mirrors have bad moments
  const update = () => get('update')
  await update().catch(update)
  await get('download', 'nats-server')
  const archive = readdirSync(apt).find((name) => name.endsWith('.deb'))
  if (archive === undefined) throw new UnavailableError(`apt gave no nats-server of Debian ${suite}`)
  await run('dpkg-deb', ['-x', join(apt, archive), folder])
  rmSync(apt, { recursive: true })
  const { stdout } = await run(join(folder, 'usr/sbin/nats-server'), ['--version'])
  // testing moves on, and what is newer is welcome
  const minor = Number(/ v2\.(\d+)\./.exec(stdout)?.[1])
  if (!(minor >= Number(version.slice(2)))) throw new UnavailableError(`Debian ${suite} carries ${stdout.trim()}`)
}

/** Finds the mirror that this machine's own apt uses. */
export async function mirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'])
  const found = stdout.split('\n').find((line) => /\/debian\/?$/.test(line))
  if (found === undefined) throw new UnavailableError('apt on this machine names no Debian mirror')
  return found
}
