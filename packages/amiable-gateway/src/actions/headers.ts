// The headers of a request, read from its bytes. The client of NATS reads them in quadratic time, and throws for a name that
// a nats-server passes on (nats-core, headers.ts: MsgHdrsImpl.decode): a team could stop a gateway with one message.
import type { Msg } from '@nats-io/transport-node'

/** What a team may say beside the body; it needs a few hundred. */
export const MOST_HEADER_BYTES = 8 * 1_024

/** The headers of a request. */
export interface RequestHeaders {
  /** How many bytes they have. Those that have more than {@link MOST_HEADER_BYTES} are not read, and seem to be none. */
  readonly bytes: number
  /** Returns the first value of a header. */
  first(name: string): string | undefined
  /** Returns the last one: what nats-server adds stands behind all that a client has made up (client.go: setHeader). */
  last(name: string): string | undefined
}

/** What the client of NATS has of a message: its bytes, and how many of them are headers. */
interface Received {
  readonly _rdata: Uint8Array
  readonly _msg: { readonly hdr: number }
}

/** Returns the headers of a message. */
export function headersOf(message: Msg): RequestHeaders {
  const { _rdata: bytes, _msg: parts } = message as unknown as Received
  return new ReadHeaders(bytes.subarray(0, Math.max(0, parts.hdr)))
}

const decoder = new TextDecoder()

class ReadHeaders implements RequestHeaders {
  readonly bytes: number
  readonly #raw: Uint8Array
  #lines: readonly string[] | undefined

  constructor(raw: Uint8Array) {
    this.#raw = raw
    this.bytes = raw.length
  }

  first(name: string): string | undefined {
    return contentOf(this.#all.find(isOf(name)))
  }

  last(name: string): string | undefined {
    return contentOf(this.#all.findLast(isOf(name)))
  }

  get #all(): readonly string[] {
    // the first line says which version of NATS it is
    this.#lines ??= this.bytes > MOST_HEADER_BYTES ? [] : decoder.decode(this.#raw).split('\r\n').slice(1)
    return this.#lines
  }
}

function isOf(name: string): (line: string) => boolean {
  return (line) => line.startsWith(`${name}:`)
}

function contentOf(line: string | undefined): string | undefined {
  return line?.slice(line.indexOf(':') + 1).trim()
}
