import type { Faults } from './faults.ts'
import type { Rule } from './rule.ts'

/** Returns what the faults make of a complete reply, with so many headers more. */
export function mangle(faults: Faults, action: string, reply: string, actionId: string, headers = 0): string {
  let text = reply
  const wrong = faults.take('wrongActionId', action)
  if (wrong !== undefined && actionId !== '') {
    text = text.replaceAll(`ActionID: ${actionId}\r\n`, wrong.text === '' ? '' : `ActionID: ${wrong.text}\r\n`)
  }
  const cut = faults.take('cutList', action)
  if (cut !== undefined) text = shorten(text, cut.number, false)
  const cancel = faults.take('cancelList', action)
  if (cancel !== undefined) text = shorten(text, cancel.number, true)
  const huge = faults.take('hugeLine', action)
  if (huge !== undefined) text = beforeEnd(text, `Huge: ${'x'.repeat(Math.max(0, huge.number - 8))}\r\n`)
  if (headers > 0) {
    let lines = ''
    for (let n = 0; n < headers; n++) lines += `Header-${n}: x\r\n`
    text = beforeEnd(text, lines)
  }
  const rows = faults.take('hugeRows', action)
  if (rows !== undefined) text = widen(text, rows.number)
  const forged = faults.take('forgeEnd', action)
  if (forged !== undefined) text = forge(text, actionId, forged.flag)
  const torn = faults.take('tornRow', action)
  if (torn !== undefined) text = tear(text, torn.text)
  if (faults.take('fused', action) !== undefined) text = text.replaceAll('\r\n\r\nEvent: ', '\r\nEvent: ')
  if (faults.take('bareLineFeeds', action) !== undefined) {
    let line = 0
    // not the blank line, nor the line before it: the message still ends as it should
    text = text.replace(/(?<!\r\n)\r\n(?=[^\r])/g, (end) => (line++ % 2 === 1 ? '\n' : end))
  }
  if (faults.take('strayLineFeed', action) !== undefined) text = text.replace(/^(Message: [^\r\n]*)\r\n/m, '$1\n\r\n')
  if (faults.take('extraBlankLine', action) !== undefined) text += '\r\n'
  if (faults.take('twice', action) !== undefined) text += text
  for (const verb of ['deafFollows', 'forgeAnswer', 'garbage'] as const) {
    const beside = faults.take(verb, action)
    if (beside !== undefined) text = beside.text + text
  }
  return text
}

function messages(text: string): string[] {
  return text.split(/(?<=\r\n\r\n)/)
}

function shorten(text: string, rows: number, cancelled: boolean): string {
  const all = messages(text)
  if (!/^EventList: start\r$/im.test(all[0] ?? '')) return text
  const kept = all.slice(0, 1 + rows).filter((message) => !message.includes('\r\nEventList: Complete\r\n'))
  if (!cancelled) return kept.join('')
  const end = (all.at(-1) ?? '')
    .replace('\r\nEventList: Complete\r\n', '\r\nEventList: Cancelled\r\n')
    .replace(/\r\nListItems: \d+/, `\r\nListItems: ${kept.length - 1}`)
  return kept.join('') + end
}

function widen(text: string, size: number): string {
  const filling = `Huge: ${'x'.repeat(Math.max(0, size - 8))}\r\n`
  return messages(text)
    .map((one) => (one.startsWith('Event:') && !one.includes('\r\nEventList: ') ? beforeEnd(one, filling) : one))
    .join('')
}

/** Returns what an account with `user` rights makes of an ActionID that it knows (manager.c:action_userevent). */
function forge(text: string, id: string, inside: boolean): string {
  const end = `Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Forged\r\nActionID: ${id}\r\nEventList: Complete\r\n\r\n`
  const [first = '', ...others] = messages(text)
  return inside ? first + end + others.join('') : end + text
}

/** Tears a list as a line break in a value of its first row does: the row ends there, and another message begins. */
function tear(text: string, behind: string): string {
  const [start = '', row = '', ...others] = messages(text)
  if (!row.startsWith('Event:') || others.length === 0) return text
  const end = /^Event: [^\r]*/.exec(others.at(-1) ?? '')?.[0] ?? ''
  const lines = row.split('\r\n')
  const middle = Math.ceil(lines.length / 2)
  const head = lines.slice(0, middle).join('\r\n')
  const forged = behind === '' ? `${end}\r\nEventList: Complete\r\nListItems: 1\r\n` : behind
  return `${start}${head}\r\n\r\n${forged}${lines.slice(middle).join('\r\n')}${others.join('')}`
}

/** Returns a refusal that says again all that it was sent. */
export function echoOf(lines: readonly string[], id: string): string {
  const values = lines.map((line) => line.replace(/^[^:]*: ?/, ''))
  const head = `Response: Error\r\n${id === '' ? '' : `ActionID: ${id}\r\n`}`
  return `${head}Message: cannot take \x1b[2J${values.join(' \x07')} there\r\n\r\n`
}

function beforeEnd(text: string, lines: string): string {
  const all = messages(text)
  const first = all[0] ?? ''
  return first.slice(0, -2) + lines + first.slice(-2) + all.slice(1).join('')
}

/** Returns the parts that an endless list or message repeats: what comes once, and what again and again. */
export function endlessParts(rule: Rule, reply: string, actionId: string): [head: string, again: string] {
  const all = messages(reply)
  if (rule.verb === 'endlessHeaders') return [(all[0] ?? '').slice(0, -2), 'Endless: x\r\n']
  const rows = all.slice(1).filter((message) => !message.includes('\r\nEventList: Complete\r\n'))
  const id = actionId === '' ? '' : `ActionID: ${actionId}\r\n`
  return [all[0] ?? '', rows.length > 0 ? rows.join('') : `Event: Endless\r\n${id}\r\n`]
}
