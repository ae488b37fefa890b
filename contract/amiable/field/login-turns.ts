import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { type Client, createClient, type Status } from 'amiable'
import { nextEvent } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** What a login alone takes: a challenge and its answer. */
const LOGIN = 2

/** The accounts with every kind of rights that the client may use to learn whether its server has booted. */
const ACCOUNTS = ['frank', 'operator', 'nosystem', 'calls', 'readonly', 'listener', 'stranger']

/** How often the client wrote and then waited for what the server says to it. */
class Turns {
  count = 0
  #waits = false
  #socket: Socket | undefined

  open(port: number): Socket {
    const socket = connect(port, '127.0.0.1')
    const { write } = socket
    socket.write = ((...args: Parameters<typeof write>) => {
      if (!this.#waits) this.count++
      this.#waits = true
      return write.apply(socket, args)
    }) as typeof write
    socket.on('data', () => {
      this.#waits = false
    })
    this.#socket = socket
    return socket
  }

  /** Loses the link, and counts anew. */
  cut(): void {
    this.count = 0
    this.#waits = false
    this.#socket?.destroy()
  }
}

/** A login of a server that has booted costs at most one round trip more than a login alone, whatever the rights. */
export function loginTurns(target: Target): void {
  for (const username of ACCOUNTS) {
    test(`${target.name}: ${username} is ready at most one round trip behind the login, at first and later`, async () => {
      const turns = new Turns()
      const client = createClient({
        host: target.host,
        port: target.port,
        username,
        secret: target.accounts[username] ?? '',
        reconnect: { initialDelay: 1 },
        socket: () => turns.open(target.port),
      })
      const statuses = client.status()
      const first = await readyAfter(statuses, () => client.connect())
      assert.ok(turns.count <= LOGIN + 1, `the first login: ${turns.count} turns`)
      assert.equal(first.booted, ['frank', 'operator', 'listener'].includes(username) ? true : 'unknown')
      await answered(client)
      const later = await readyAfter(statuses, () => turns.cut())
      assert.ok(turns.count <= LOGIN + 1, `the login behind a lost link: ${turns.count} turns`)
      assert.equal(later.booted, true)
      await client.close()
    })
  }
}

/** What an account without Command is refused is told in the server's security log, so it is asked once. */
export function oneRefusal(target: Target): void {
  test(`${target.name}: an account without Command and system is refused one question in a client's life`, async () => {
    const options = { host: target.host, port: target.port, reconnect: { initialDelay: 1 } } as const
    const secretOf = (username: string) => ({ username, secret: target.accounts[username] ?? '' })
    await using admin = createClient({ ...options, ...secretOf('frank') })
    await admin.connect()
    const refused: string[] = []
    admin.on('RequestNotAllowed', (event) => {
      if (event.AccountID === 'calls') refused.push(event.RequestType ?? '')
    })
    const turns = new Turns()
    await using client = createClient({ ...options, ...secretOf('calls'), socket: () => turns.open(target.port) })
    const statuses = client.status()
    await readyAfter(statuses, () => client.connect())
    await answered(client)
    for (let again = 0; again < 2; again++) {
      await readyAfter(statuses, () => turns.cut())
      await answered(client)
    }
    // one more refusal comes behind all that were to come
    await client.sendRaw('Command', { Command: 'core show uptime' }, { check: false })
    const isTold = () => refused.length >= 2
    if (!isTold()) await nextEvent(admin, 'RequestNotAllowed', isTold)
    assert.equal(refused.length, 2, refused.join())
  })
}

// what the first login asked is answered by then, though the account may not send a Ping
async function answered(client: Client): Promise<void> {
  await client.send('Ping', undefined, { check: false })
}

async function readyAfter(statuses: AsyncIterable<Status>, begin: () => unknown): Promise<Ready> {
  void begin()
  for (;;) {
    const { value } = await statuses[Symbol.asyncIterator]().next()
    if (value === undefined) throw new Error('the client ended')
    if (value.type === 'ready') return value
  }
}

type Ready = Extract<Status, { type: 'ready' }>
