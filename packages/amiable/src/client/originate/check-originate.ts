import { checkRecord, checkText, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { LONGEST_TIMER } from '../../util/clock.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import { checkChannelId } from '../hangup-params.ts'

/**
 * Checks what a call is to be made of, before anything of it is kept.
 * @throws {ArgumentError} naming the parameter or the option that is wrong
 */
export function checkOriginate(params: object, options: object): void {
  checkRecord('params', params, 'an object such as { Channel, Context, Exten, Priority }')
  const given = new Map<string, unknown>()
  for (const [name, value] of Object.entries(params)) {
    const lower = name.toLowerCase()
    if (value === undefined) continue
    if (given.has(lower)) throw invalid(name, 'must be given once')
    given.set(lower, value)
  }
  checkText('Channel', given.get('channel'), 'what to dial, as in PJSIP/100')
  for (const name of ['ChannelId', 'OtherChannelId']) {
    const id = given.get(name.toLowerCase())
    if (id !== undefined) checkChannelId(name, id)
  }
  checkTimeout(given.get('timeout'))
  checkHelperOptions(options, ['retry'])
}

// main/manager.c:action_originate reads it into an int
function checkTimeout(value: unknown): void {
  if (value === undefined) return
  const milliseconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (Number.isInteger(milliseconds) && Number(milliseconds) >= 0 && Number(milliseconds) <= LONGEST_TIMER) return
  throw invalid('Timeout', `must be a whole number of milliseconds from 0 to ${LONGEST_TIMER}, ${got(value)}`)
}
