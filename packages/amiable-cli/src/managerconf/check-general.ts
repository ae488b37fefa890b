// What is wrong with the file itself and with its section [general].
import { accessSync, constants, statSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Finding } from '../doctor/finding.ts'
import { nearest } from '../errors/usage.ts'
import { GENERAL, isTrue, LEFT_OUT } from './options.ts'
import type { Configuration, Place, Section, Setting } from './parse.ts'

/** Returns where something stands, as in `manager.conf:12`. */
export function at({ file, line }: Place): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`
}

/** Returns the last setting of a name, which is the one that counts. */
export function lastOf(section: Section | undefined, ...names: string[]): Setting | undefined {
  return section?.settings.findLast(({ name }) => names.includes(name.toLowerCase()))
}

/** Returns what the parser found. */
export function checkLines({ faults }: Configuration): Finding[] {
  return faults.map((fault) => ({
    id: 'F1',
    level: fault.ends ? 'error' : 'warn',
    what: 'line',
    says: `${at(fault)}: ${fault.says}${fault.ends ? ': Asterisk gives up all of the configuration' : ''}`,
    fix: [`mend line ${fault.line} of ${fault.file}`],
  }))
}

const OTHERS_READ = 0o004

/** Looks whether others can read the secrets. */
export function checkMode({ files }: Configuration): Finding[] {
  return files
    .filter((file) => (statSync(file).mode & OTHERS_READ) !== 0)
    .map((file) => ({
      id: 'F2',
      level: 'warn',
      what: 'mode',
      says: `every user of this machine can read ${file}, with its secrets`,
      fix: [`chmod o-rwx ${file}`],
    }))
}

/** Returns the findings of `[general]`. */
export function checkGeneral(general: Section | undefined): Finding[] {
  const enabled = lastOf(general, 'enabled')
  if (enabled === undefined || !isTrue(enabled.value)) {
    const says = general === undefined ? 'there is no section [general]' : '[general] has no enabled = yes'
    return [
      { id: 'F3', level: 'error', what: 'enabled', says: `${says}: AMI is off`, fix: ['[general]', 'enabled = yes'] },
    ]
  }
  return [...checkNumbers(general), ...checkAddress(general), ...checkTls(general), ...checkNames(general)]
}

const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  port: [1024, 65_535],
  authtimeout: [1, Number.MAX_SAFE_INTEGER],
  authlimit: [1, Number.MAX_SAFE_INTEGER],
}

function checkNumbers(general: Section | undefined): Finding[] {
  return Object.entries(NUMBERS).flatMap(([name, [least, most]]): Finding[] => {
    const setting = lastOf(general, name)
    const number = Number(/^\d+$/.exec(setting?.value ?? '')?.[0] ?? Number.NaN)
    if (setting === undefined || (number >= least && number <= most)) return []
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
    return [
      {
        id: 'F4',
        level: 'error',
        what: name,
        says: `${at(setting)}: ${name} must be a number ${range}`,
        fix: [`mend ${name} of [general]`],
      },
    ]
  })
}

/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  return /^(?:127\.|\[?::1\]?(?::|$)|::ffff:127\.|localhost(?::|$))/.test(address)
}

function checkAddress(general: Section | undefined): Finding[] {
  const bind = lastOf(general, 'bindaddr')
  const hasTls = isTrue(lastOf(general, 'tlsenable', 'sslenable')?.value ?? 'no')
  if (bind !== undefined && isIP(bind.value.replace(/^\[(.*)\]$/, '$1')) === 0 && !/^[\w.-]+$/.test(bind.value)) {
    return [
      {
        id: 'F5',
        level: 'error',
        what: 'bindaddr',
        says: `${at(bind)}: ${bind.value} is no address: Asterisk listens on every address`,
        fix: ['bindaddr = 127.0.0.1'],
      },
    ]
  }
  if (isLoopback(bind?.value ?? '[::]')) return []
  const open = bind === undefined ? 'without bindaddr Asterisk listens on every address' : `bindaddr = ${bind.value}`
  return [
    {
      id: 'F5',
      level: 'warn',
      what: 'bindaddr',
      says: `${open}: AMI without encryption can be reached from other machines`,
      fix: [`[general]: bindaddr = 127.0.0.1${hasTls ? '' : ', and for others tlsenable = yes, tlscertfile = …'}`],
    },
  ]
}

function checkTls(general: Section | undefined): Finding[] {
  const findings: Finding[] = []
  for (const setting of general?.settings.filter(({ name }) => LEFT_OUT.includes(name.toLowerCase())) ?? []) {
    findings.push({
      id: 'F6',
      level: 'warn',
      what: 'TLS',
      says: `${at(setting)}: AMI does not use ${setting.name}: no client is asked for a certificate`,
      fix: [`take ${setting.name} out, and use permit and deny`],
    })
  }
  if (!isTrue(lastOf(general, 'tlsenable', 'sslenable')?.value ?? 'no')) return findings
  const certificate = lastOf(general, 'tlscertfile', 'tlscert', 'sslcert')
  if (certificate === undefined) {
    findings.push({
      id: 'F7',
      level: 'error',
      what: 'TLS',
      says: 'tlsenable = yes without tlscertfile',
      fix: ['tlscertfile = a file with the certificate and its key'],
    })
  }
  for (const setting of [certificate, lastOf(general, 'tlsprivatekey', 'sslprivatekey')]) {
    if (setting === undefined) continue
    try {
      accessSync(setting.value, constants.R_OK)
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      findings.push({
        id: 'F7',
        // the user who asks may be another than the one that Asterisk runs as
        level: missing ? 'error' : 'unknown',
        what: 'TLS',
        says: `${at(setting)}: the file ${setting.value} ${missing ? 'is missing' : 'cannot be read by this user'}`,
        ...(missing && { fix: [`give ${setting.name} a file that Asterisk can read`] }),
      })
    }
  }
  return findings
}

function checkNames(general: Section | undefined): Finding[] {
  return unknownNames(general, [...GENERAL, ...LEFT_OUT])
}

/** Options that Asterisk does not know, with the one that was probably meant. */
export function unknownNames(section: Section | undefined, known: readonly string[]): Finding[] {
  const isKnown = ({ name }: Setting) => {
    const lower = name.toLowerCase()
    return known.includes(lower) || (known.includes('eventfilter') && name.startsWith('eventfilter'))
  }
  return (section?.settings ?? [])
    .filter((setting) => !isKnown(setting))
    .map((setting) => {
      const near = nearest(setting.name, known)
      return {
        id: 'F8',
        level: 'warn',
        what: 'option',
        says: `${at(setting)}: [${section?.name}] has no option ${setting.name}, and Asterisk leaves it out`,
        fix: [near === undefined ? `take ${setting.name} out` : `did you mean ${near}?`],
      }
    })
}
