import { syncBuiltinESMExports } from 'node:module'
import net, { type OnReadOpts, type Socket } from 'node:net'

/** A piece's size, and the largest that any socket of this process has handed out. */
export interface ChunkLimit {
  readonly size: number
  readonly largest: number
}

type OnRead = { onread?: OnReadOpts }

/**
 * Makes every socket of this process hand out its bytes in pieces of `size`, as a line with that segment size does.
 * Loopback joins what the server writes apart, so it is done on the reading side, below every client alike: where a
 * socket pushes what it has read, and where it calls back because it reads into a buffer of its owner's (`onread`).
 */
export const limitChunks = (size: number): ChunkLimit => {
  const limit = { size, largest: 0 }
  const { push } = net.Socket.prototype
  net.Socket.prototype.push = function (this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean {
    if (!Buffer.isBuffer(chunk)) return push.call(this, chunk, encoding)
    let more = true
    for (let at = 0; at < chunk.length; at += size) {
      const piece = chunk.subarray(at, at + size)
      limit.largest = Math.max(limit.largest, piece.length)
      more = push.call(this, piece)
    }
    return more
  }
  const { connect } = net
  const limited = (options: unknown, ...more: unknown[]): Socket => {
    const { onread } = (options ?? {}) as OnRead
    const cut = onread === undefined ? options : { ...(options as OnRead), onread: inPieces(onread, limit) }
    return (connect as (...all: unknown[]) => Socket)(cut, ...more)
  }
  net.connect = limited as typeof net.connect
  net.createConnection = limited as typeof net.createConnection
  // who has imported them by name calls them too
  syncBuiltinESMExports()
  return limit
}

/**
 * Each piece is moved to where the buffer begins, for that is where a read puts it; and comes behind the microtasks of
 * the one before, for libuv calls back for each read apart.
 */
const inPieces = ({ buffer, callback }: OnReadOpts, limit: { size: number; largest: number }): OnReadOpts => ({
  buffer,
  callback(length, bytes) {
    const from = (at: number): boolean => {
      const piece = Math.min(limit.size, length - at)
      if (at > 0) bytes.copyWithin(0, at, at + piece)
      limit.largest = Math.max(limit.largest, piece)
      const more = callback(piece, bytes)
      if (at + piece < length) queueMicrotask(() => from(at + piece))
      return more
    }
    return from(0)
  },
})
