// Whether this machine can run our servers at all, and running the programs that they need.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** The machine or the network cannot give us an Asterisk; nothing of ours is broken. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}

export interface Machine {
  platform: string
  uid: number | undefined
  osRelease: string
  apt: boolean
}

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
    apt: existsSync('/usr/bin/apt-get'),
  }
}

/** Returns why this machine cannot run the servers, or undefined where it can. */
export function obstacle(machine: Machine = thisMachine()): string | undefined {
  if (machine.platform !== 'linux') return `a real Asterisk needs Linux, this is ${machine.platform}`
  // Only Debian's own mirrors carry the suites we build from, so a relative of Debian will not do.
  if (!/^ID="?debian"?$/m.test(machine.osRelease) || !machine.apt) return 'a real Asterisk needs Debian with apt'
  if (machine.uid !== 0) return 'a real Asterisk needs root (a chroot is made and entered)'
  return undefined
}
