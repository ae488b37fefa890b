// Writes etc/ into a chroot, with this server's ports and paths filled in.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authority, good } from '../../testbed/certificates.ts'
import type { Settings } from './settings.ts'

const SOURCE = fileURLToPath(new URL('./etc/', import.meta.url))
const SERVER_PEM = 'keys/server.pem'
const RTP_PORTS = 200

/** Replaces each @NAME@; a name without a value is a mistake in etc/, told with its file. */
export function fill(text: string, values: Readonly<Record<string, string | number>>, file: string): string {
  return text.replace(/@([A-Z]+)@/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`tools/servers/asterisk/etc/${file}: nothing to fill in for @${name}@`)
    return String(value)
  })
}

/** All configuration files as they would be written: what a running server must have been started with. */
export function configuration(settings: Settings): Map<string, string> {
  const { ports, version } = settings
  const values = {
    SYSTEM: `lab${version}`,
    MODULES: modulesOf(settings.root),
    AMI: ports.ami,
    TLS: ports.tls,
    HTTP: ports.http,
    PJSIP: ports.pjsip,
    SIP: ports.sip,
    IAX: ports.iax,
    SKINNY: ports.skinny,
    NOBODY: ports.nobody,
    RTP: ports.rtp,
    RTPEND: ports.rtp + RTP_PORTS,
  }
  const files = readdirSync(SOURCE).filter((file) => file.endsWith('.conf'))
  const filled = files.map((file) => [file, fill(readFileSync(join(SOURCE, file), 'utf8'), values, file)] as const)
  return new Map([...filled, [SERVER_PEM, `${good.key}\n${good.cert}\n`]])
}

/** The path of the pem that a client must trust for the TLS port. */
export function authorityFile(settings: Settings): string {
  return join(settings.directory, 'ca.pem')
}

/** @param more what stands behind some of the files */
export function writeConfiguration(settings: Settings, more: ReadonlyMap<string, string> = new Map()): void {
  const files = configuration(settings)
  const target = join(settings.root, 'etc/asterisk')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'keys'), { recursive: true })
  for (const [file, text] of files) writeFileSync(join(target, file), text + (more.get(file) ?? ''))
  // Dialling looks up the machine's own name: without this it would ask the network, and wait for it.
  writeFileSync(join(settings.root, 'etc/hosts'), `127.0.0.1 localhost ${hostname()}\n`)
  writeFileSync(authorityFile(settings), authority)
}

/** Whether the files in the chroot, and so a server that runs there, are today's. */
export function isCurrent(settings: Settings): boolean {
  const target = join(settings.root, 'etc/asterisk')
  const same = (written: string, text: string) => existsSync(written) && readFileSync(written, 'utf8') === text
  for (const [file, text] of configuration(settings)) if (!same(join(target, file), text)) return false
  return true
}

/** Newer packages keep modules under the multiarch directory, older ones do not. */
function modulesOf(root: string): string {
  const lib = join(root, 'usr/lib')
  for (const name of ['.', ...readdirSync(lib)]) {
    const modules = join('/usr/lib', name, 'asterisk/modules')
    if (existsSync(join(root, modules, 'app_dial.so'))) return modules
  }
  throw new Error(`no Asterisk modules under ${lib}`)
}
