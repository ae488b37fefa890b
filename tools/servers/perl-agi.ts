// Debian's libasterisk-agi-perl, unpacked beside the Asterisks of asterisk/: a FastAGI application that others wrote.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { obstacle } from './asterisk/machine.ts'
import { settingsFor } from './asterisk/settings.ts'

const PACKAGE = 'libasterisk-agi-perl'

/** The folder for `perl -I`; or why there is none. */
export function perlAgi(): { readonly library: string } | { readonly why: string } {
  // beside the chroots, so that it goes where they go
  const home = join(dirname(settingsFor(22).directory), PACKAGE)
  const library = join(home, 'usr/share/perl5')
  if (existsSync(join(library, 'Asterisk/AGI.pm'))) return { library }
  const why = obstacle()
  if (why !== undefined) return { why }
  mkdirSync(dirname(home), { recursive: true })
  const fresh = mkdtempSync(`${home}-`)
  try {
    download(fresh)
    const archive = readdirSync(fresh).find((name) => name.endsWith('.deb'))
    if (archive === undefined) return { why: `apt gave no ${PACKAGE}` }
    run('dpkg-deb', ['-x', archive, '.'], fresh)
    // another test may have been faster
    if (!existsSync(home)) renameSync(fresh, home)
    return { library }
  } catch (error) {
    return { why: `${PACKAGE} cannot be fetched: ${error instanceof Error ? error.message.split('\n')[0] : error}` }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function download(folder: string): void {
  try {
    run('apt-get', ['-qq', 'download', PACKAGE], folder)
  } catch {
    // a fresh machine has no lists of packages
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'update'], folder)
    run('apt-get', ['-qq', 'download', PACKAGE], folder)
  }
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
}
