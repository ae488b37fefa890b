// A manager.conf with nothing against it, and what stands in it in other tests.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningAsterisk } from '../../../tools/servers/asterisk/asterisk.ts'

export const CONF = 'etc/asterisk/manager.conf'
export const KEYS = 'etc/asterisk/keys/doctor.pem'
export const SECRET = 'kN7c2vQ0xTz8mB4e'
export const HERE = ['deny = 0.0.0.0/0.0.0.0', 'permit = 127.0.0.1/255.255.255.255']

/** The lines of a section. */
export type Section = readonly [name: string, ...lines: string[]]

export function textOf(sections: readonly Section[]): string {
  return sections.map(([name, ...lines]) => `[${name}]\n${lines.join('\n')}\n`).join('\n')
}

/** An account that may log in from here. */
export function account(name: string, read: string, write: string, ...more: string[]): Section {
  return [name, `secret = ${SECRET}`, ...HERE, `read = ${read}`, `write = ${write}`, ...more]
}

/** `[general]` of this server, with lines in place of those of the same names. */
export function general(
  { root, port, tlsPort }: RunningAsterisk,
  more: Readonly<Record<string, string>> = {},
): Section {
  const sound: Readonly<Record<string, string>> = {
    enabled: 'yes',
    webenabled: 'no',
    port: String(port),
    bindaddr: '127.0.0.1',
    tlsenable: 'yes',
    tlsbindaddr: `127.0.0.1:${tlsPort}`,
    tlscertfile: join(root, KEYS),
    authtimeout: '30',
    authlimit: '50',
    brokeneventsaction: 'no',
    debug: 'no',
  }
  return ['general', ...Object.entries({ ...sound, ...more }).map(([name, value]) => `${name} = ${value}`)]
}

const INSIDE = 'exec chroot "$@"'

/** Makes a certificate for localhost that is its own authority, with the openssl of the server. */
export function makeCertificate({ root }: RunningAsterisk, days: number, key: string): { key: string; cert: string } {
  const words = `req -x509 -newkey ${key} -nodes -sha256 -days ${days} -subj /CN=localhost`
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', '/tmp/doctor-key', '-out', '/tmp/doctor-cert']
  const inside = ['-c', INSIDE, 'sh', root, 'openssl', ...words.split(' '), ...names]
  const { status, stderr } = spawnSync('sh', inside, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const take = (name: string) => {
    const path = join(root, 'tmp', name)
    const text = readFileSync(path, 'utf8')
    rmSync(path)
    return text
  }
  return { key: take('doctor-key'), cert: take('doctor-cert') }
}
