// Ports of a checkout's own for servers that tests start beside one another. They lie below those that the kernel gives
// to clients, so that a server that was killed finds its port free again.
import { createServer, type Server } from 'node:net'
import { settingsFor } from '../asterisk/settings.ts'

const SLOTS = 40
const SLOT_SIZE = 10
// between the ports of Asterisk 22 and those of 16
const ABOVE_ASTERISK_22 = 462

/** Ports that no other test of this checkout uses until they are released. */
export interface Ports {
  /** Nine of them. */
  readonly ports: readonly number[]
  release(): Promise<void>
}

/** Takes the first free slot: whoever listens on its first port holds it, and the kernel releases it with the process. */
export async function takePorts(): Promise<Ports> {
  const first = settingsFor(22).ports.ami + ABOVE_ASTERISK_22
  for (let slot = 0; slot < SLOTS; slot++) {
    const held = first + slot * SLOT_SIZE
    const holder = await listenOn(held)
    if (holder === undefined) continue
    const ports = Array.from({ length: SLOT_SIZE - 1 }, (_, n) => held + 1 + n)
    return { ports, release: () => new Promise((resolve) => holder.close(() => resolve())) }
  }
  throw new Error(`all ports from ${first} to ${first + SLOTS * SLOT_SIZE - 1} are in use: end what listens there`)
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server.unref()))
  })
}
