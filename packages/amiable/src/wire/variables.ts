import { checkString } from '../check.ts'
import { cut } from '../util/text.ts'

type Headers = readonly (readonly [name: string, value: string])[]

const PLAIN = 'ChanVariable'
const NAMED = 'ChanVariable('

/**
 * Returns the channel variables of a message's headers, by name: those of its first channel, or of a channel that is
 * named.
 * @param meant gives the value that was meant, of a header's name, what stands behind the equals sign and the header's place
 */
export function variablesOf(
  headers: Headers,
  channel: string | undefined,
  meant: (header: string, value: string, at: number) => string,
): Record<string, string> {
  if (channel !== undefined) checkString('channel', channel, "a channel's name")
  const found: Record<string, string> = {}
  const channels = channel === undefined ? undefined : channelsOf(headers)
  for (const [at, [header, value]] of headers.entries()) {
    const carried = carrierOf(header)
    if (carried === undefined) continue
    const { role, named } = carried
    const belongs = channels === undefined ? role === '' : (named ?? channels.get(`${role}Channel`)) === channel
    if (!belongs) continue
    const equals = value.indexOf('=')
    Object.defineProperty(found, equals === -1 ? value : cut(value, 0, equals), {
      value: equals === -1 ? '' : meant(header, cut(value, equals + 1, value.length), at),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return found
}

/**
 * Returns whose variable a header carries: `DestChanVariable` that of the role `Dest`, `ChanVariable(SIP/1)` that of a
 * channel.
 */
function carrierOf(header: string): { role: string; named: string | undefined } | undefined {
  if (header.endsWith(PLAIN)) return { role: header.slice(0, -PLAIN.length), named: undefined }
  const at = header.endsWith(')') ? header.indexOf(NAMED) : -1
  return at === -1 ? undefined : { role: header.slice(0, at), named: header.slice(at + NAMED.length, -1) }
}

// the roles are named by the server: none of them is looked up among the names that a program reads
function channelsOf(headers: Headers): Map<string, string> {
  const channels = new Map<string, string>()
  for (const [header, value] of headers) {
    if (header.endsWith('Channel') && !channels.has(header)) channels.set(header, value)
  }
  return channels
}
