// A wallboard before a simulated Asterisk, for tests.
import { type ServerOptions, type SimulatedAsterisk, startServer } from 'amiable/testing'
import { configSchema, type Users } from '../../src/config/schema.ts'
import { Wallboard } from '../../src/run/wallboard.ts'
import { Browser } from './browser.ts'

/** A wallboard with what stands behind it. */
export interface Board extends AsyncDisposable {
  readonly server: SimulatedAsterisk
  readonly wallboard: Wallboard
  readonly browser: Browser
}

export const DIALPLAN = `[default]
exten => support,1,Answer()
 same => n,Queue(support)
 same => n,Hangup()
exten => room,1,Answer()
 same => n,ConfBridge(room)
 same => n,Hangup()
exten => park,1,Answer()
 same => n,Park()
 same => n,Hangup()
exten => _1XX,1,Dial(PJSIP/\${EXTEN},20)
 same => n,Hangup()
exten => _9X.,1,Answer()
 same => n,Wait(60)
`

const QUEUES = {
  support: {
    members: [
      { interface: 'PJSIP/101', name: 'Ann' },
      { interface: 'PJSIP/102', name: 'Ben' },
    ],
    timeout: 20,
  },
  sales: { members: [{ interface: 'PJSIP/103', name: 'Eve' }] },
}

interface BoardOptions {
  users?: Users
  pageFolder?: string
  /** Returns the port at which the wallboard finds an Asterisk of that port. */
  through?(port: number): number
  /** Gets what the wallboard tells its operator. */
  say?(text: string): void
}

/** Opens one; `change` changes its configuration. */
export async function openBoard(
  change: Record<string, unknown> = {},
  { users = {}, ...server }: Omit<ServerOptions, 'users'> & BoardOptions = {},
): Promise<Board> {
  const { pageFolder = '/nonexistent', say = () => {}, through = (port) => port, ...options } = server
  const simulated = await startServer({
    users: { board: 'board' },
    queues: QUEUES,
    endpoints: {
      101: { answers: 'answer', ringTime: 20 },
      102: { answers: 'answer', ringTime: 20 },
      103: { answers: 'answer', ringTime: 20 },
      100: { answers: 'answer', ringTime: 200 },
      trunk: { answers: 'answer' },
    },
    dialplan: DIALPLAN,
    ...options,
  })
  const port = through(simulated.port)
  const config = configSchema.parse({
    listen: '127.0.0.1:0',
    asterisks: { pbx1: { host: '127.0.0.1', port, username: 'board', secret: { env: 'BOARD' } } },
    trunks: ['trunk'],
    calls: { context: 'default' },
    signIn: { mode: 'none', role: 'admin', device: { server: 'pbx1', interface: 'PJSIP/100' } },
    ...change,
  })
  const wallboard = await Wallboard.open({
    config,
    clients: [{ name: 'pbx1', host: '127.0.0.1', port, username: 'board', secret: 'board' }],
    env: {},
    isSimulated: false,
    pageFolder,
    say,
  })
  if (Object.keys(users).length > 0) wallboard.identity.update(users)
  await wallboard.watched.states.ready()
  return {
    server: simulated,
    wallboard,
    browser: new Browser({ url: wallboard.url }),
    async [Symbol.asyncDispose]() {
      await wallboard.close()
      await simulated.close()
    },
  }
}
