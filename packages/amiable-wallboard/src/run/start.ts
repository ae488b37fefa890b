// From the command line to a wallboard that runs until it gets a signal.
import { type CommandProcess, EXIT } from 'amiable-settings'
import { ConfigError } from 'amiable-settings/yaml'
import { isLoopback, loadConfig, loadUsers } from '../config/load.ts'
import { type Config, configSchema } from '../config/schema.ts'
import { DIAL_CONTEXT, OWN_DEVICE, SIMULATED, SimulatedCentre } from '../sources/simulated.ts'
import { PAUSES } from '../sources/simulated-people.ts'
import { clientsOf } from '../sources/watched.ts'
import { readTls } from '../web/server.ts'
import { lifetimeFault, lifetimeOf } from './certificate.ts'
import { Wallboard } from './wallboard.ts'

const PAGE_FOLDER = pageFolder()

/** Watches the Asterisks of a configuration. */
export async function runConfigured(parts: CommandProcess, path: string, isCheck: boolean): Promise<number> {
  const config = loadConfig(path, parts.env)
  if (config.signIn.usersFile !== undefined) loadUsers(config.signIn.usersFile, parts.env)
  if (isCheck) {
    const fault = config.tls && lifetimeFault(lifetimeOf(readTls(config.tls).cert), Date.now())
    if (fault !== undefined) parts.err.offer(`amiable-wallboard: ${fault}`)
    await parts.out.line(`${path} is a configuration of amiable-wallboard`)
    return EXIT.done
  }
  await using wallboard = await Wallboard.open({
    config,
    clients: clientsOf(config.asterisks, parts.env),
    env: parts.env,
    isSimulated: false,
    pageFolder: PAGE_FOLDER,
    say: (text) => parts.err.offer(`amiable-wallboard: ${text}`),
  })
  await parts.out.line(`amiable-wallboard: ${wallboard.url}`)
  return await ended(parts)
}

/** Shows a call centre that nobody has to install. */
export async function runSimulated(parts: CommandProcess, listen?: string, seed?: string): Promise<number> {
  const number = seed === undefined ? 7 : Number(seed)
  if (!Number.isSafeInteger(number)) throw new TypeError('--seed must be a whole number')
  await using centre = await SimulatedCentre.open({ seed: number })
  const config = simulatedConfig(listen, centre.server.port)
  await using wallboard = await Wallboard.open({
    config,
    clients: [
      { name: SIMULATED, host: '127.0.0.1', port: centre.server.port, username: 'wallboard', secret: 'simulated' },
    ],
    env: parts.env,
    isSimulated: true,
    pageFolder: PAGE_FOLDER,
    say: (text) => parts.err.offer(`amiable-wallboard: ${text}`),
  })
  await parts.out.line(`amiable-wallboard: a simulated call centre on ${wallboard.url}`)
  return await ended(parts)
}

/** The configuration of the simulated call centre. */
export function simulatedConfig(listen = '127.0.0.1:8090', port = 5038): Config {
  if (!isLoopback(listen)) throw new TypeError('--listen must be a loopback address: nobody signs in here')
  const result = configSchema.safeParse({
    site: { name: 'Simulated call centre', pauseReasons: [...PAUSES] },
    listen,
    asterisks: { [SIMULATED]: { host: '127.0.0.1', port, username: 'wallboard', secret: { env: 'none' } } },
    trunks: ['trunk-*'],
    calls: { context: DIAL_CONTEXT },
    signIn: { mode: 'none', role: 'admin', device: { server: SIMULATED, interface: OWN_DEVICE } },
    boards: {
      hall: {
        title: 'Hall',
        rotation: ['support'],
        tiles: [
          { type: 'figure', figure: 'waiting', x: 0, y: 0, w: 3, h: 2 },
          { type: 'figure', figure: 'longest', x: 3, y: 0, w: 3, h: 2 },
          { type: 'figure', figure: 'inLevel', x: 6, y: 0, w: 3, h: 2 },
          { type: 'figure', figure: 'ready', x: 9, y: 0, w: 3, h: 2 },
          { type: 'agents', x: 0, y: 2, w: 8, h: 4 },
          { type: 'callers', x: 8, y: 2, w: 4, h: 3 },
          { type: 'clock', x: 8, y: 5, w: 4, h: 1 },
        ],
      },
      support: {
        title: 'Support',
        rotation: ['hall'],
        tiles: [
          { type: 'queue', queue: 'support', x: 0, y: 0, w: 6, h: 3 },
          { type: 'chart', queues: ['support'], x: 6, y: 0, w: 6, h: 3 },
          { type: 'agents', queues: ['support'], x: 0, y: 3, w: 12, h: 2 },
          { type: 'text', text: 'Thank you for being here.', x: 0, y: 5, w: 8, h: 1 },
          { type: 'clock', x: 8, y: 5, w: 4, h: 1 },
        ],
      },
    },
  })
  if (result.success) return result.data
  // --listen is all that can be wrong
  throw new ConfigError('--listen', [
    { path: 'listen', line: undefined, column: undefined, message: result.error.issues[0]?.message ?? 'is wrong' },
  ])
}

function ended({ signal }: CommandProcess): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(EXIT.done)
    else signal.addEventListener('abort', () => resolve(EXIT.done), { once: true })
  })
}

/** Finds the page: beside the bundle, or in a checkout where the build puts it. */
function pageFolder(): string {
  const here = import.meta.url
  const path = here.endsWith('/src/run/start.ts') ? '../../dist/page/' : './page/'
  return new URL(path, here).pathname
}
