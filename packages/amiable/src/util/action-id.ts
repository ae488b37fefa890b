import { bytesToText } from './text.ts'

// 80 bits of chance. Asterisk 22 refuses a ChannelId that begins as the Uniqueid of a living channel does
// (main/channel.c:does_id_conflict), so all are of one length
const LENGTH = 16
// eight values of a byte for each of 32 digits: none comes more often than another
const digits = Uint8Array.from({ length: 256 }, (_, byte) => (byte % 32).toString(32).charCodeAt(0))
// a page of ids at a time: asking for chance costs more than using it
const page = new Uint8Array(LENGTH * 256)
let ids = ''
let next = 0

/**
 * Returns an id for one action or channel: 16 letters and digits that nobody can guess, however many others he has
 * seen. Asterisk shows the ActionIDs of UserEvent and OriginateResponse to every session, and a channel's Uniqueid.
 */
export function unguessableId(): string {
  if (next === ids.length) {
    // the login needs this module in any case, and the global one takes as long to load again
    process.getBuiltinModule('node:crypto').randomFillSync(page)
    for (let at = 0; at < page.length; at++) page[at] = digits[page[at] as number] as number
    ids = bytesToText(page)
    next = 0
  }
  next += LENGTH
  return ids.slice(next - LENGTH, next)
}
