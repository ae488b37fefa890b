// What every example begins with: a connection to an Asterisk of your own, or else to a simulated one.
//
//   AMIABLE_EXAMPLE=user:secret@host:port node --import tsx examples/queues.ts
import { type AmiEvent, type Client, type ClientOptions, connect, type EventName } from 'amiable'
import { startServer } from 'amiable/testing'

/** Where the examples connect to. */
export async function place(name = 'pbx'): Promise<ClientOptions> {
  const own = /^([^:]+):(.+)@([^@]+):(\d+)$/.exec(process.env.AMIABLE_EXAMPLE ?? '')
  if (own) {
    const [, username = '', secret = '', host = '', port] = own
    return { name, host, port: Number(port), username, secret }
  }
  const server = await startServer({ users: { frank: 'lean' } })
  simulated.set(server.port, () => server.close())
  return { name, host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
}

/** A client that is logged in; a simulated server ends with it. */
export async function open(options: Partial<ClientOptions> = {}): Promise<Client> {
  const where = await place()
  const ami = await connect({ ...where, ...options })
  void ami.closed.then(() => leave(where))
  return ami
}

/** Ends the simulated server, if it is one. */
export async function leave({ port }: ClientOptions): Promise<void> {
  await simulated.get(port ?? 0)?.()
}

/** The first event of a name that fits, to be asked for before what causes it; ten seconds at most. */
export async function next<N extends EventName>(
  ami: Client,
  name: N,
  fits: (event: AmiEvent<N>) => boolean = () => true,
): Promise<AmiEvent<N>> {
  for await (const event of ami.events(name, { signal: AbortSignal.timeout(10_000) })) if (fits(event)) return event
  throw new Error(`the client was closed before ${name} came`)
}

const simulated = new Map<number, () => Promise<void>>()
