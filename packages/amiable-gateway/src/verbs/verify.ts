import type { Command } from 'commander'
import { namesOf } from '../bus/names.ts'
import { connectBus } from '../bus/nats.ts'
import { readLog, storedLog } from '../bus/read-log.ts'
import { loadConfig } from '../config/load.ts'
import { type Finding, Proof } from '../log/proof.ts'
import { busOptions } from '../run/connect.ts'

/** Adds the verb that proves what a log promises. */
export function addVerify(program: Command): void {
  program
    .command('verify')
    .argument('[server...]', 'the servers, or all of the configuration')
    .description('Reads logs, and proves that they are dense, in order and say their gaps. Leaves with 1 where not.')
    .option('-c, --config <file>', 'the configuration')
    .option('--since <time>', 'only what was stored since then: an ISO date')
    .option('--json', 'one line of JSON for each server')
    .action(async (servers: string[], options: { config?: string; since?: string; json?: boolean }) => {
      const config = loadConfig(options.config, process.env)
      const since = options.since === undefined ? undefined : Date.parse(options.since)
      if (Number.isNaN(since)) throw new Error(`--since must be an ISO date, got '${options.since}'`)
      const names = namesOf(config.prefix)
      const bus = await connectBus(await busOptions(config, process.env, undefined))
      try {
        for (const server of servers.length > 0 ? servers : Object.keys(config.asterisks)) {
          const stream = names.logStream(server)
          const { log, first, last } = await storedLog(bus, stream)
          const proof = new Proof(server, log)
          for await (const [seq, text, storedAt] of readLog(bus, stream, first, last)) {
            if (since === undefined || Date.parse(storedAt) >= since) proof.take(seq, text)
          }
          const finding = proof.finding()
          console.log(options.json ? JSON.stringify(finding) : textOf(finding))
          if (finding.faults.length > 0) process.exitCode = 1
        }
      } finally {
        await bus.close()
      }
    })
}

function textOf({ server, first, last, events, gaps, lost, faults }: Finding): string {
  const causes = Object.entries(gaps).map(([cause, count]) => `${count} ${cause}`)
  const missing =
    causes.length === 0 ? 'no gap' : `gaps: ${causes.join(', ')}, missing ${lost ?? 'nobody knows how many'}`
  const verdict = faults.length === 0 ? 'holds' : `is broken:\n  ${faults.join('\n  ')}`
  return `${server}: ${events} events in ${first} to ${last}, ${missing}; the log ${verdict}`
}
