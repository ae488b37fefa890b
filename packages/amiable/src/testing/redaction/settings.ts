import { isSecretName } from '../../util/secret-names.ts'
import { endOfQuoted } from './quotes.ts'

/** A setting of a configuration file, as far as it is known. */
export interface Setting {
  readonly name: string
  readonly value: string
  readonly file: string
  readonly category: string
}

const mailbox = /^-?\d+$/
// sections of voicemail.conf that hold no mailboxes
const noMailboxes = /^(?:general|zonemessages)$/i

/**
 * Returns where the secret of a setting begins and ends within its value: all of it by its name, or some fields. Such
 * fields are in voicemail.conf (`1234 => password,name,…`), meetme.conf (`conf => number,pin,adminpin`) and agents.conf
 * (`agent => number,password,…`).
 */
export function secretOfSetting(setting: Setting): readonly [from: number, to: number] | undefined {
  const { name, value, file, category } = setting
  if (isSecretName(name)) return [0, value.length]
  const fields = value.split(',', 3)
  const [first = ''] = fields
  if (/voicemail\.conf$/i.test(file)) return noMailboxes.test(category) ? undefined : [0, first.length]
  // where the file is not known: a number, and what can be typed on a phone or is followed by a name
  if (mailbox.test(name) && (mailbox.test(first) || (fields.length > 1 && /^[^\s(]+$/.test(first)))) {
    return [0, first.length]
  }
  if (!/^\s*\d+\s*,/.test(value)) return undefined
  const second = first.length + 1
  if (/^conf$/i.test(name)) return [second, value.length]
  if (/^agent$/i.test(name)) return [second, second + (fields[1]?.length ?? 0)]
  return undefined
}

/** Returns the parts of `AST_CONFIG(file,category,name)`. */
export function settingOfFunction(variable: string): Omit<Setting, 'value'> | undefined {
  if (!/^AST_CONFIG\(/i.test(variable)) return undefined
  const [file = '', category = '', name = ''] = variable
    .slice('AST_CONFIG('.length)
    .replace(/\)\s*$/, '')
    .split(',')
  return { file: file.trim(), category: category.trim(), name: name.trim() }
}

/** Finds the passwords of mailboxes in what GetConfigJSON makes of voicemail.conf (manager.c:action_getconfigjson). */
export function mailboxesOfJson(json: string, file: string, found: (from: number, to: number) => void): void {
  const { length } = json
  let category = ''
  let name: string | undefined
  for (let at = json.indexOf('"'); at !== -1; ) {
    const end = endOfQuoted(json, at, 0, length)
    const text = json.slice(at + 1, end)
    if (json.startsWith(':{', end + 1)) category = text
    else if (json.startsWith(':', end + 1)) name = text
    else if (name !== undefined) {
      const secret = secretOfSetting({ name, value: text, file, category })
      if (secret !== undefined) found(at + 1 + secret[0], at + 1 + secret[1])
      name = undefined
    }
    at = json.indexOf('"', end + 1)
  }
}
