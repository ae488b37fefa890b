import type { AmiEvent } from '../client/types.ts'
import { type AgiRequest, requestFrom } from './environment.ts'
import { separateArguments } from './line.ts'

/** Whether a row of CoreShowChannels is of a channel in AsyncAGI. */
export function isInAsyncAgi(row: AmiEvent): boolean {
  return row.get('Application')?.toLowerCase() === 'agi' && /^agi:async(?:,|$)/i.test(row.get('ApplicationData') ?? '')
}

/** Returns what a row of CoreShowChannels tells of a request: Asterisk says its environment only once. */
export function requestOfRow(row: AmiEvent): AgiRequest {
  const lines = ['agi_request: async']
  const add = (name: string, header: string, otherwise = '') => {
    lines.push(`agi_${name}: ${bytesOf(row.get(header) || otherwise)}`)
  }
  add('channel', 'Channel')
  add('language', 'Language')
  add('uniqueid', 'Uniqueid')
  add('callerid', 'CallerIDNum', 'unknown')
  add('calleridname', 'CallerIDName', 'unknown')
  add('context', 'Context')
  add('extension', 'Exten')
  add('priority', 'Priority')
  add('accountcode', 'AccountCode')
  const [, ...args] = separateArguments(row.get('ApplicationData') ?? '')
  for (const [at, argument] of args.entries()) lines.push(`agi_arg_${at + 1}: ${bytesOf(argument)}`)
  const request = requestFrom(lines, { cut: true })
  return request
}

// the lines of an environment are byte strings
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text.slice(0, 4_096)))
}
