import { type Client, connect } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'

/** What the code of a guide may use without saying where it comes from. */
export interface Given {
  /** A simulated Asterisk. */
  readonly server: SimulatedAsterisk
  /** A client that is logged in to it. */
  readonly ami: Client
  /** A channel that is up, on that server. */
  readonly channel: string
  readonly handler: (event: unknown) => void
  readonly log: (...things: unknown[]) => void
  readonly readSecret: () => Promise<string>
  readonly readStateAgain: () => Promise<void>
}

/** The names that are given. */
export const givenNames: readonly (keyof Given)[] = [
  'server',
  'ami',
  'channel',
  'handler',
  'log',
  'readSecret',
  'readStateAgain',
]

/** Runs `work` on a simulated Asterisk of its own. */
export async function withGiven(work: (given: Given) => Promise<void>): Promise<void> {
  await using server = await startServer({ users: { frank: 'lean' }, cdr: true })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const channel = server.channels.create({ name: 'PJSIP/100', state: 'Up' })
  // what its coming raised is no news to the work
  await ami.send('Ping')
  await work({
    server,
    ami,
    channel,
    handler: () => {},
    log: () => {},
    readSecret: async () => 'lean',
    readStateAgain: async () => {},
  })
}
