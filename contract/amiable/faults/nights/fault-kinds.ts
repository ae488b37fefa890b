import type { Callers } from './callers.ts'
import type { World } from './world.ts'

/** A fault: what is set before the calls are made, and what strikes while they are under way. */
export interface Kind {
  readonly name: string
  before?(world: World): void
  strike?(world: World, callers: Callers): void
  /** Whether the calls are many at once. */
  readonly many?: true
}

const lists = ['Rows', 'CoreShowChannels'] as const

// garbage as it comes: other protocols, bytes of no protocol, AMI cut in pieces
const garbage = [
  '\x00\x01\x7f\xff garbage: no AMI\r\n\r\n',
  'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n',
  '\r\n\r\n\r\n',
  'Response\r\n\r\n',
  'Event\r\nResponse: Success\r\n\r\n',
  ': \r\n:\r\n\r\n',
  'Response: Success\r\nActionID\r\n\r\n',
  'Event: \r\nActionID: call-1\r\n\r\n',
  'no end of line, and none of the message\n\n',
]

const later = (world: World, low: number, high: number, then: () => void) =>
  void world.clock.setTimeout(then, world.random.integer(low, high))

/** Until the relay lets connections in again: the server is down. */
function down(world: World): void {
  world.relay.admit = 'close'
  later(world, 1, 2_000, () => {
    world.relay.admit = 'forward'
  })
}

/** Every fault of the schedule; those of the states are in `states.ts`. */
export const kinds: readonly Kind[] = [
  {
    name: 'crash and restart',
    strike(world) {
      world.relay.reset()
      down(world)
    },
  },
  {
    name: 'server restart',
    strike: (world) => world.restart(world.random.integer(0, 500)),
  },
  { name: 'server disconnects', strike: ({ server, random }) => server.disconnect({ reset: random.chance(0.5) }) },
  {
    name: 'reset mid-message',
    before: ({ relay, random }) => relay.cutAfter('down', random.integer(1, 1_500), 'reset'),
  },
  { name: 'end mid-message', before: ({ relay, random }) => relay.cutAfter('down', random.integer(1, 1_500), 'end') },
  { name: 'reset mid-action', before: ({ relay, random }) => relay.cutAfter('up', random.integer(1, 600), 'reset') },
  { name: 'reset', strike: ({ relay }) => relay.reset() },
  { name: 'reset under many calls', many: true, strike: ({ relay }) => relay.reset() },
  {
    name: 'reset instead of a reply',
    before: ({ server, random }) =>
      void server.faults.reset({
        action: random.pick(['Ping', 'Rows', 'Setvar']),
        times: 1,
        execute: random.chance(0.5),
      }),
  },
  {
    name: 'stall',
    strike(world) {
      world.relay.stall(...world.random.pick([['up'], ['down'], ['up', 'down']] as const))
      later(world, 10, 9_000, () => world.relay.flow())
    },
  },
  { name: 'server stall', strike: ({ server, random }) => void server.faults.stall(random.integer(10, 9_000)) },
  { name: 'half-open', strike: ({ relay }) => relay.vanish() },
  { name: 'half-close', strike: ({ relay }) => relay.halfClose() },
  {
    name: 'half-close by the server',
    before: ({ server }) => void server.faults.halfClose({ action: ['Ping', 'Rows'], times: 1 }),
  },
  { name: 'few bytes at a time', before: ({ server, random }) => void server.faults.splitAt(random.integer(5, 60)) },
  {
    name: 'line endings mixed',
    before: ({ server, random }) => void server.faults.lineEndings(random.pick(['lf', 'mixed'])),
  },
  {
    name: 'reply late',
    before: ({ server, random }) =>
      void server.faults.replyLate(random.integer(1, 8_000), { times: random.integer(1, 3) }),
  },
  {
    name: 'replies overtake',
    before: ({ server, random }) =>
      void server.faults.replyLate(random.integer(1, 3_000), { times: random.integer(1, 3), overtake: true }),
  },
  {
    name: 'reply never',
    before: ({ server, random }) =>
      void server.faults.drop({ times: random.integer(1, 3), execute: random.chance(0.5) }),
  },
  {
    name: 'list without end',
    before: ({ server }) => void server.faults.endlessList(400, { action: lists, times: 2 }),
  },
  {
    name: 'forged ends',
    before: ({ server, random }) =>
      void server.faults.forgeEnd({ inside: random.chance(0.5), times: random.integer(1, 3) }),
  },
  { name: 'list cut', before: ({ server, random }) => void server.faults.cutList(random.integer(0, 5), { times: 2 }) },
  {
    name: 'list cancelled',
    before: ({ server, random }) => void server.faults.cancelList(random.integer(0, 5), { times: 2 }),
  },
  {
    name: 'duplicate reply',
    before: ({ server, random }) => void server.faults.twice({ times: random.integer(1, 5) }),
  },
  {
    name: 'reply to nobody',
    before: ({ server, random }) => void server.faults.wrongActionId(`nobody-${random.integer(1, 9)}`, { times: 2 }),
  },
  {
    name: 'forged replies',
    strike: ({ server, random }) =>
      server.send(
        `Response: Success\r\nActionID: ${random.pick(['x', 'call-1', 'login'])}\r\nMessage: forged\r\n\r\n`.repeat(3),
      ),
  },
  { name: 'garbage', strike: ({ server, random }) => void server.faults.garbage(random.pick(garbage)) },
  {
    name: 'garbage before a reply',
    before: ({ server, random }) =>
      void server.faults.garbage(random.pick(garbage), { action: ['Ping', 'Rows', 'Command'], times: 2 }),
  },
  {
    name: 'huge line',
    before: ({ server, random }) =>
      void server.faults.hugeLine(random.pick([8_000, 9_000, 70_000, 200_000]), { times: 2 }),
  },
  {
    name: 'many headers',
    before: ({ server, random }) => void server.faults.endlessHeaders(random.pick([200, 300, 5_000]), { times: 2 }),
  },
  {
    name: 'endless headers',
    before(world) {
      const fault = world.server.faults.endlessHeaders(Number.POSITIVE_INFINITY, { action: ['Ping', 'Rows'], times: 1 })
      // it ends when the client has passed over more than a message may be, be it that it did so already
      const { client } = world
      const seen = client.stats()
      const look = () => {
        const { faults, bytesRead } = client.stats()
        const passed = faults > seen.faults || bytesRead > seen.bytesRead + 1_000_000
        const over = passed || client.state === 'closed' || client !== world.client
        if (over) fault.off()
        else setImmediate(look)
      }
      look()
    },
  },
  {
    name: 'fused, stray and extra line feeds',
    before({ server }) {
      server.faults.fused({ times: 2 })
      server.faults.strayLineFeed({ times: 2 })
      server.faults.extraBlankLine({ times: 2 })
    },
  },
  {
    name: 'login refused',
    strike(world) {
      const message = world.random.pick(['Authentication failed', 'Login Already In Use', 'Asterisk is shutting down'])
      world.server.faults.refuseLogin(message, { times: world.random.integer(1, 3) })
      world.relay.reset()
    },
  },
  {
    name: 'login slow',
    strike(world) {
      world.server.faults.delayLogin(world.random.integer(1, 4_000), { times: world.random.integer(1, 2) })
      world.relay.reset()
    },
  },
  {
    name: 'accepted and not greeted',
    strike(world) {
      const { faults } = world.server
      const times = { times: world.random.integer(1, 2) }
      const fault = world.random.pick(['silent', 'noBanner', 'banner', 'refuseConnection'] as const)
      if (fault === 'banner') faults.banner('220 mail.example ESMTP\r\n', times)
      else faults[fault](times)
      world.relay.reset()
    },
  },
  { name: 'calls aborted', strike: (_, callers) => callers.abort() },
  {
    name: 'calls aborted as the link goes',
    strike({ relay }, callers) {
      relay.reset()
      callers.abort()
    },
  },
  { name: 'many calls at once', many: true },
]
