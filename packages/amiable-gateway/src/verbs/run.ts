import type { Command } from 'commander'
import { type Logger, pino } from 'pino'
import { loadConfig } from '../config/load.ts'
import { Gateway, type GatewayObserver } from '../run/gateway.ts'
import { metricsOf, type Running, startPages } from '../run/pages.ts'
import type { Metrics } from '../watch/metrics.ts'

/** Adds the verb that runs a gateway until it gets a signal. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('Runs a gateway until SIGTERM or SIGINT, and then hands the writing over.')
    .option('-c, --config <file>', 'the configuration')
    .action(async ({ config: path }: { config?: string }) => {
      const config = loadConfig(path, process.env)
      const logger = pino({ level: config.logger.level, base: { gateway: config.gateway.name } })
      const signal = firstSignal()
      const running: Running = { gateway: undefined }
      const metrics = metricsOf(running)
      const pages = await startPages(config, running, metrics)
      const gateway = await Gateway.start(config, process.env, observerOf(logger, metrics))
      running.gateway = gateway
      logger.info({ servers: gateway.servers.map(({ server }) => server) }, 'the gateway runs')
      logger.info({ signal: await signal }, 'the gateway ends')
      await gateway.stop()
      await pages?.close()
    })
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

function observerOf(logger: Logger, metrics: Metrics): GatewayObserver {
  return {
    embedded: (change) => logger.warn(change),
    nats: (isConnected, why) => (isConnected ? logger.info('NATS is connected') : logger.warn(why)),
    streams: (changes) => {
      for (const change of changes) logger.info(change, 'a stream was not as wanted')
    },
    actions: {
      say: (level, what, about = {}) => logger[level](about, what),
      request: (seen) => metrics.request(seen),
    },
    log: (server) => ({
      role: (role, why) => {
        if (role === 'writing') metrics.tookOver(server)
        logger.info({ server, role, why }, 'role')
      },
      gap: (cause, lost) => {
        metrics.gap(server, cause, lost)
        logger.warn({ server, cause, lost }, 'events may be missing')
      },
      stored: (events, latency) => metrics.stored(server, events, latency),
      interrupted: (why) => logger.warn({ server, why }, 'the writing was interrupted'),
      reachable: (isReachable, why) =>
        isReachable
          ? logger.info({ server }, 'the log answers')
          : logger.warn({ server, why }, 'the log does not answer'),
    }),
  }
}
