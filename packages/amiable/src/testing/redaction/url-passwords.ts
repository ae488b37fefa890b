const [SPACE, QUOTE, APOSTROPHE, SLASH, COLON, LESS, MORE, AT] = [32, 34, 39, 47, 58, 60, 62, 64]
// what a user's name does not hold
const starts = new Uint8Array(256)
for (const one of ',;|&=()[]{}/`') starts[one.charCodeAt(0)] = 1

// what stands in front of a colon and is no user: schemes, kinds of devices (devicestate.c), headers of mail
const noUsers = new Set(
  'sip sips tel im pres xmpp jabber mailto mail email to from cc iax2 h323 mwi custom custompresence confbridge meetme'
    .concat(' park queue agent calendar stasis voicemail mailbox')
    .split(' '),
)

/**
 * Finds the passwords of `user:password@host`, with a scheme in front or without, such as `https://…`, `SIP/…` and
 * `register => …`.
 */
export function findPasswordsOfUrls(
  text: string,
  from: number,
  to: number,
  found: (from: number, to: number) => void,
): void {
  if (!text.slice(from, to).includes('@')) return
  /** Where the user's name begins, and the password if one may have begun. */
  let user = from
  let password = -1
  /** The password that was found last, while another `@` may yet be a part of it. */
  let open = -1
  const reset = (at: number): void => {
    user = at
    password = open = -1
  }
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code <= SPACE || code === QUOTE || code === APOSTROPHE || code === LESS || code === MORE || code === 0x2c) {
      reset(i + 1)
    } else if (code === AT) {
      if (password === -1 && open === -1) {
        user = i + 1
        continue
      }
      if (open === -1) open = password
      if (i > open) found(open, i)
      password = -1
    } else if (open !== -1) {
      if (starts[code & 0xff] === 1) reset(i + 1)
    } else if (code === COLON) {
      if (password !== -1) continue
      if (text.charCodeAt(i + 1) === SLASH && text.charCodeAt(i + 2) === SLASH) {
        i += 2
        reset(i + 1)
      } else if (user === i || (i - user < 16 && noUsers.has(text.slice(user, i).toLowerCase()))) reset(i + 1)
      else password = i + 1
    } else if (password === -1) {
      if (starts[code & 0xff] === 1) reset(i + 1)
    } else if (code === SLASH && isPort(text, password, i)) reset(i + 1)
  }
}

/** Whether what seems a password is the port of an address with a path. */
function isPort(text: string, from: number, to: number): boolean {
  return to - from <= 5 && /^\d*$/.test(text.slice(from, to))
}
