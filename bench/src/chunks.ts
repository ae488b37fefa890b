import { Socket } from 'node:net'

/**
 * Makes every socket of this process hand out its bytes in pieces of `size`, as a line with that segment size does.
 * Loopback joins what the server writes apart, so it is done on the reading side, below every client alike.
 */
export const limitChunks = (size: number): void => {
  const push = Socket.prototype.push
  Socket.prototype.push = function (this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean {
    if (!Buffer.isBuffer(chunk) || chunk.length <= size) return push.call(this, chunk, encoding)
    let more = true
    for (let at = 0; at < chunk.length; at += size) more = push.call(this, chunk.subarray(at, at + size))
    return more
  }
}
