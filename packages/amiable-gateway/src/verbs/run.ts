import type { Command } from 'commander'
import { type Logger, pino } from 'pino'
import { loadConfig } from '../config/load.ts'
import { Gateway, type GatewayObserver } from '../run/gateway.ts'

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
      const gateway = await Gateway.start(config, process.env, observerOf(logger))
      logger.info({ servers: gateway.servers.map(({ server }) => server) }, 'the gateway runs')
      logger.info({ signal: await signal }, 'the gateway ends')
      await gateway.stop()
    })
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

function observerOf(logger: Logger): GatewayObserver {
  return {
    embedded: (change) => logger.warn(change),
    nats: (isConnected, why) => (isConnected ? logger.info('NATS is connected') : logger.warn(why)),
    streams: (changes) => {
      for (const change of changes) logger.info(change, 'a stream was not as wanted')
    },
    log: (server) => ({
      role: (role, why) => logger.info({ server, role, why }, 'role'),
      gap: (cause, lost) => logger.warn({ server, cause, lost }, 'events may be missing'),
      interrupted: (why) => logger.warn({ server, why }, 'the writing was interrupted'),
      reachable: (isReachable, why) =>
        isReachable
          ? logger.info({ server }, 'the log answers')
          : logger.warn({ server, why }, 'the log does not answer'),
    }),
  }
}
