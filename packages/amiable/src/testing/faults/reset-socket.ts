import type { Socket } from 'node:net'

/**
 * Ends a connection with an RST. One whose end is already on its way is only dropped: libuv refuses to reset it
 * (uv_tcp_close_reset, EINVAL). Node 20 would then wait for its handle for ever when the process exits
 * (Environment::CleanupHandles).
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
