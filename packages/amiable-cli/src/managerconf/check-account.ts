// What is wrong with an account of manager.conf. No finding shows a secret.
import { isIP } from 'node:net'
import type { Finding } from '../doctor/finding.ts'
import { at, lastOf, unknownNames } from './check-general.ts'
import { faultsOfList, granted, mended } from './classes.ts'
import { ACCOUNT } from './options.ts'
import type { Section, Setting } from './parse.ts'

/** Returns the findings of one account. */
export function checkAccount(account: Section): Finding[] {
  return [
    ...checkSecret(account),
    ...checkLists(account),
    ...checkReach(account),
    ...checkPower(account),
    ...checkTimeout(account),
    ...unknownNames(account, ACCOUNT),
  ]
}

/** Accounts that stand twice: Asterisk adds the second to the first, but takes permit and deny of the second alone. */
export function checkTwice(accounts: readonly Section[]): Finding[] {
  const seen = new Map<string, Section>()
  return accounts.flatMap((account): Finding[] => {
    const name = account.name.toLowerCase()
    const first = seen.get(name)
    seen.set(name, account)
    if (first === undefined) return []
    return [
      {
        id: 'F9',
        level: 'error',
        what: 'account',
        says: `${at(account)}: [${account.name}] stands at ${at(first)} too: permit and deny of the first do not count`,
        fix: [`make one section of the two`],
      },
    ]
  })
}

const SHORTEST = 12
const WELL_KNOWN = ['secret', 'password', 'mysecret', 'amp111', 'admin', 'asterisk', 'manager', '1234', '12345']

function checkSecret({ name, ...section }: Section): Finding[] {
  const secret = lastOf({ name, ...section }, 'secret')
  const found = (level: 'warn' | 'error', says: string): Finding[] => [
    {
      id: 'F10',
      level,
      what: 'secret',
      says: `[${name}] ${says}`,
      fix: ['a new one: openssl rand -base64 24'],
    },
  ]
  if (secret === undefined || secret.value === '') return found('error', 'has no secret: nobody can log in')
  if (secret.value.toLowerCase() === name.toLowerCase()) return found('error', 'has its own name for a secret')
  if (WELL_KNOWN.includes(secret.value.toLowerCase())) return found('error', 'has a secret that everybody tries first')
  if (secret.value.length < SHORTEST) return found('warn', `has a secret of fewer than ${SHORTEST} characters`)
  return []
}

function checkLists(account: Section): Finding[] {
  return (['read', 'write'] as const).flatMap((name): Finding[] => {
    const setting = lastOf(account, name)
    if (setting === undefined) return []
    const fix = [`${name} = ${mended(setting.value)}`]
    return faultsOfList(setting.value).map((fault) => ({
      id: 'F11',
      level: 'error',
      what: name,
      says: `${at(setting)}: [${account.name}] ${name} = ${setting.value}: ${fault}`,
      fix,
    }))
  })
}

function checkReach(account: Section): Finding[] {
  const rules = account.settings.filter(({ name }) => /^(?:permit|deny|acl)$/i.test(name))
  if (rules.length === 0) {
    return [
      {
        id: 'F12',
        level: 'warn',
        what: 'permit',
        says: `[${account.name}] has no permit, deny or acl: every address that reaches the port can log in`,
        fix: ['deny = 0.0.0.0/0.0.0.0', 'permit = 127.0.0.1/255.255.255.255'],
      },
    ]
  }
  const wrong = rules.find(({ name, value }) => name.toLowerCase() !== 'acl' && !value.split(',').every(isRule))
  if (wrong !== undefined) {
    return [
      {
        id: 'F13',
        level: 'error',
        what: 'permit',
        says: `${at(wrong)}: [${account.name}] ${wrong.name} = ${wrong.value} is no address: Asterisk deletes the account`,
        fix: [`${wrong.name} = 192.0.2.0/24`],
      },
    ]
  }
  const last = rules.at(-1) as Setting
  const closes = last.name.toLowerCase() === 'deny' && /^0\.0\.0\.0\/0(?:\.0\.0\.0)?$/.test(last.value)
  if (!closes) return []
  return [
    {
      id: 'F14',
      level: 'error',
      what: 'permit',
      says: `${at(last)}: [${account.name}] the last rule that fits counts, and this one refuses every address: nobody can log in`,
      fix: ['write deny before permit'],
    },
  ]
}

// main/acl.c:ast_append_ha takes a ! before an address, and a name of a host
function isRule(text: string): boolean {
  const [address = '', mask, more] = text.trim().replace(/^!/, '').split('/')
  if (more !== undefined || address === '') return false
  const version = isIP(address.replace(/^\[(.*)\]$/, '$1'))
  if (version === 0) return mask === undefined && /^[A-Za-z][\w.-]*$/.test(address)
  if (mask === undefined) return true
  if (/^\d+$/.test(mask)) return Number(mask) <= (version === 4 ? 32 : 128)
  return isIP(mask) === version
}

function checkPower(account: Section): Finding[] {
  const write = lastOf(account, 'write')
  const classes = granted(write?.value ?? '')
  const strong = ['system', 'command', 'originate', 'config'].filter((name) => classes.includes(name))
  if (write === undefined || strong.length < 2) return []
  return [
    {
      id: 'F15',
      level: 'warn',
      what: 'write',
      says: `${at(write)}: [${account.name}] may do everything that Asterisk may, with ${strong.join(', ')}`,
      fix: ['what a program needs alone: amiable rights ACTION…'],
    },
  ]
}

function checkTimeout(account: Section): Finding[] {
  const setting = lastOf(account, 'writetimeout')
  if (setting === undefined || Number.parseInt(setting.value, 10) >= 100) return []
  return [
    {
      id: 'F16',
      level: 'error',
      what: 'writetimeout',
      says: `${at(setting)}: [${account.name}] writetimeout must be 100 milliseconds or more`,
      fix: ['writetimeout = 100'],
    },
  ]
}
