import { bytesToText } from './text.ts'

// 80 bits of chance. Asterisk 22 refuses a ChannelId that begins as the Uniqueid of a living channel does
// (main/channel.c:does_id_conflict), so all are of one length
const LENGTH = 16
const DIGITS = '0123456789abcdefghijklmnopqrstuv'
// a whole page of ids at a time: asking for chance costs more than using it
const page = new Uint8Array(LENGTH * 64)
let ids = ''
let next = 0

/**
 * Returns an id for one action or channel: 16 letters and digits that nobody can guess, however many others he has
 * seen. Asterisk shows the ActionIDs of UserEvent and OriginateResponse to every session, and a channel's Uniqueid.
 */
export function unguessableId(): string {
  if (next === ids.length) {
    crypto.getRandomValues(page)
    // eight values of a byte for each of the 32 digits: none comes more often than another
    for (let at = 0; at < page.length; at++) page[at] = DIGITS.charCodeAt((page[at] as number) % DIGITS.length)
    ids = bytesToText(page)
    next = 0
  }
  next += LENGTH
  return ids.slice(next - LENGTH, next)
}
