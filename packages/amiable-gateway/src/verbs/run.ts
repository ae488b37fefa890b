import { EXIT } from 'amiable-settings'
import type { Logger } from 'pino'
import { loadConfig } from '../config/load.ts'
import { Gateway, type GatewayObserver } from '../run/gateway.ts'
import { keepHeapSmall } from '../run/heap.ts'
import { answerLooks } from '../run/look.ts'
import { metricsOf, type Running, startPages } from '../run/pages.ts'
import { openLogger } from '../watch/logger.ts'
import type { Metrics } from '../watch/metrics.ts'
import { configOption } from './options.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway run -c /etc/amiable/gateway.yaml
AMIABLE_URL=ami://gateway@pbx1 AMIABLE_SECRET_FILE=s amiable-gateway run
`

/** `amiable-gateway run`: a gateway until SIGTERM or SIGINT, which hands the writing over. */
export const run = verb<{ readonly config?: string }>({
  endsItself: true,
  define: (command) => {
    command.addHelpText('before', EXAMPLES).addHelpText(
      'after',
      `
Without nats.servers it starts nats-server as a child, with its store in
STATE_DIRECTORY or ~/.local/state/amiable. What it says of itself is JSON, a
line each. SIGTERM, SIGHUP and ^C hand the writing over, and it leaves with 0.
It reads its configuration once: a change takes a restart.`,
    )
    configOption(command)
  },
  async run(io, { options }) {
    const config = loadConfig(options.config, io.env)
    keepHeapSmall()
    const { logger, close } = openLogger(config.gateway.name, config.logger.level)
    const running: Running = { gateway: undefined }
    const metrics = metricsOf(running)
    const pages = await startPages(config, running, metrics)
    try {
      const gateway = await Gateway.start(config, io.env, observerOf(logger, metrics), io.signal)
      running.gateway = gateway
      answerLooks(gateway)
      logger.info({ servers: gateway.servers.map(({ server }) => server) }, 'the gateway runs')
      const signal = await aborted(io.signal)
      logger.info({ signal }, 'the gateway ends')
      await gateway.stop()
    } catch (error) {
      if (!io.signal.aborted || error !== io.signal.reason) throw error
      logger.info({ signal: error }, 'the gateway ends before it has begun')
    } finally {
      await pages?.close()
      close()
    }
    return EXIT.done
  },
})

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    else signal.addEventListener('abort', () => resolve(signal.reason), { once: true })
  })
}

function observerOf(logger: Logger, metrics: Metrics): GatewayObserver {
  let wasConnected = false
  return {
    embedded: (change, about = {}) => logger.warn(about, change),
    nats: (isConnected, why) => {
      if (!isConnected) return logger.warn(why)
      if (wasConnected) metrics.natsBack()
      wasConnected = true
      return logger.info('NATS is connected')
    },
    streams: (changes) => {
      for (const change of changes) logger.info(change, 'a stream was not as wanted')
    },
    remade: (change) => logger.warn(change, 'a stream was gone and is made again'),
    actions: {
      say: (level, what, about = {}) => logger[level](about, what),
      request: (seen) => metrics.request(seen),
    },
    link: (server, isUp, why) =>
      isUp
        ? logger.info({ server }, 'the events are received')
        : logger.warn({ server, why }, 'no events are received'),
    log: (server) => ({
      role: (role, why) => {
        if (role === 'writing') metrics.tookOver(server)
        logger.info({ server, role, why }, 'role')
      },
      gap: (cause, lost, milliseconds) => {
        metrics.gap(server, cause, lost, milliseconds)
        logger.warn({ server, cause, lost }, 'events may be missing')
      },
      stored: (events, latency) => metrics.stored(server, events, latency),
      interrupted: (why) => {
        metrics.interrupted(server, why)
        logger.warn({ server, why }, 'the writing was interrupted')
      },
      reachable: (isReachable, why) =>
        isReachable
          ? logger.info({ server }, 'the log answers')
          : logger.warn({ server, why }, 'the log does not answer'),
    }),
    state: (server) => ({
      stored: () => metrics.put(server),
      interrupted: (why) => logger.warn({ server, why }, 'the writing of the live state was interrupted'),
    }),
  }
}
