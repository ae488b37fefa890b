// A server for other verbs to try: its account, the line to paste, and its end.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'

/** Where a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** A server that listens. */
export interface Listening {
  readonly port: number
  close(): Promise<void>
}

/** Reads `ADDRESS:PORT`. Without an address it is that of this machine for itself alone. */
export function addressOf(text: string, where: string): Address {
  const [, bare, v6, digits = ''] = /^(?:([^:[\]]*)|\[([^\]]+)\]):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535) throw usage(`${where} must be ADDRESS:PORT, as in 127.0.0.1:5038`)
  return { host: v6 ?? (bare || '127.0.0.1'), port }
}

/** Says so where the server can be reached from elsewhere. */
export async function warnOfStrangers(io: Io, { host }: Address): Promise<void> {
  if (!/^(?:127\.|::1$|localhost$)/.test(host))
    await io.err.line(`every machine that reaches ${host} can try to log in`)
}

/** Starts a server. @throws {CliError} if the port is taken or the address is none of this machine */
export async function listening<T>(address: Address, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw new CliError(`cannot listen on ${address.host}:${address.port}: ${(error as Error).message}`, {
      exit: EXIT.noConnection,
      code: 'LISTEN',
      hints: ['--listen 127.0.0.1:0 takes any free port.'],
      cause: error,
    })
  }
}

/** Resolves when the user or the system ends the command. */
export function interrupted(io: Io): Promise<void> {
  if (io.signal.aborted) return Promise.resolve()
  return new Promise((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
}

/**
 * Runs a server with an account whose secret is new, until the command is ended.
 * @param what what the server is, for the first line
 * @param start starts it with these accounts
 */
export async function serve<T extends Listening>(
  io: Io,
  address: Address,
  { user, what, tls = false }: { user: string; what: string; tls?: boolean },
  start: (users: Readonly<Record<string, string>>) => Promise<T>,
  work: (server: T) => Promise<void> = () => interrupted(io),
): Promise<void> {
  const secret = randomBytes(12).toString('base64url')
  const server = await listening(address, () => start({ [user]: secret }))
  const folder = mkdtempSync(join(tmpdir(), 'amiable-simulate-'))
  try {
    const file = join(folder, 'secret')
    writeFileSync(file, `${secret}\n`, { mode: 0o600 })
    await warnOfStrangers(io, address)
    await io.err.line(`${what}; in another terminal:`)
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    const url = `${tls ? 'amis' : 'ami'}://${encodeURIComponent(user)}@${host}:${server.port}`
    await io.out.line(`export AMIABLE_URL='${url}' AMIABLE_SECRET_FILE='${file}'`)
    await work(server)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await server.close()
  }
}
