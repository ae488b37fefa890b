import type { AmiEvent } from '../client/types.ts'
import type { AsyncClient } from './async-call.ts'
import { type AgiRequest, requestFrom } from './environment.ts'
import { separateArguments } from './line.ts'

const OWNER = 'AMIABLE_AGI'
// no Uniqueid of Asterisk's is longer (channel.h:AST_MAX_PUBLIC_UNIQUEID), and no data of an application (EXT_DATA_SIZE)
const LONGEST_ID = 149
const LONGEST_DATA = 8_192
const LONGEST_TEXT = 4_096

/** What is kept of a row of Status: a server may send any number, of any length. */
export interface SeenCall {
  readonly owner: string
  readonly isInAsyncAgi: boolean
  readonly request: AgiRequest
}

/** Whether it can be the Uniqueid of a channel. */
export function isUniqueid(text: string): boolean {
  return text !== '' && text.length <= LONGEST_ID
}

/**
 * Returns what the rows of an Asterisk's channels say, by Uniqueid; `undefined` where it cannot be asked, or may not.
 * Behind an EXEC CoreShowChannels goes on to name that application, for it shows what was last published; Status looks
 * at the channel.
 * @param most how many are kept
 */
export async function rowsOf(
  client: AsyncClient,
  isWanted: (row: AmiEvent) => boolean,
  most: number,
): Promise<ReadonlyMap<string, SeenCall> | undefined> {
  const rows = new Map<string, SeenCall>()
  try {
    for await (const row of client.list('Status', { Variables: OWNER })) {
      const id = row.get('Uniqueid') ?? ''
      if (!isUniqueid(id) || !isWanted(row) || (rows.size >= most && !rows.has(id))) continue
      rows.set(id, { owner: ownerOf(row), isInAsyncAgi: isInAsyncAgi(row), request: requestOfRow(row) })
    }
    return rows
  } catch {
    return undefined
  }
}

/** Returns the name of the program that has a call, or `''`. */
export function ownerOf(row: AmiEvent): string {
  const [, owner = ''] = /^AMIABLE_AGI=([\w.:-]{1,64})$/.exec(row.get('Variable') ?? '') ?? []
  return owner
}

/** Whether a row is of a channel in AsyncAGI, and no application or routine runs in it. */
export function isInAsyncAgi(row: AmiEvent): boolean {
  return row.get('Application')?.toLowerCase() === 'agi' && /^agi:async(?:,|$)/i.test(row.get('Data') ?? '')
}

/** Returns what a row of Status says of a request: Asterisk says its environment only once. */
function requestOfRow(row: AmiEvent): AgiRequest {
  const lines = ['agi_request: async']
  const add = (name: string, header: string) => {
    const text = row.get(header) ?? ''
    lines.push(`agi_${name}: ${bytesOf(text === '<unknown>' ? 'unknown' : text)}`)
  }
  add('channel', 'Channel')
  add('language', 'Language')
  add('type', 'Type')
  add('uniqueid', 'Uniqueid')
  add('callerid', 'CallerIDNum')
  add('calleridname', 'CallerIDName')
  add('context', 'Context')
  add('extension', 'Exten')
  add('priority', 'Priority')
  add('accountcode', 'AccountCode')
  const [, ...args] = separateArguments((row.get('Data') ?? '').slice(0, LONGEST_DATA))
  for (const [at, argument] of args.entries()) lines.push(`agi_arg_${at + 1}: ${bytesOf(argument)}`)
  return requestFrom(lines, { cut: true, told: true })
}

// the lines of an environment are byte strings
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text.slice(0, LONGEST_TEXT)))
}
