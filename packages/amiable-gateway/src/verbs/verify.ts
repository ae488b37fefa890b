import { EXIT, jsonLine, usage } from 'amiable-settings'
import type { Names } from '../bus/names.ts'
import type { Bus } from '../bus/nats.ts'
import { readLog, storedLog } from '../bus/read-log.ts'
import { type Finding, Proof } from '../log/proof.ts'
import { withNats } from '../run/reach.ts'
import { configOption, isJson, type OutputOptions, outputOptions } from './options.ts'
import { serversOf } from './servers.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway verify -c /etc/amiable/gateway.yaml
amiable-gateway verify -c gateway.yaml pbx1 --since 2026-11-26T08:00:00Z
`

interface Options extends OutputOptions {
  readonly config?: string
  readonly since?: string
}

/** `amiable-gateway verify SERVER…`: proves what a log promises. */
export const verify = verb<Options>({
  define: (command) => {
    command
      .argument('[server...]', 'the Asterisks; all without one')
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
Reads each log as a stranger does. It holds if no sequence is missing, each
message says its own place, and every break of a run stands in a gap. Leaves
with 1 where a log is broken. With -o json a line for each server.`,
      )
    configOption(command).option('--since <time>', 'only what was stored since then: an ISO date')
    outputOptions(command)
  },
  async run(io, { args, options }) {
    const since = options.since === undefined ? undefined : Date.parse(options.since)
    if (Number.isNaN(since)) throw usage('--since must be an ISO date such as 2026-11-26T08:00:00Z')
    return await withNats(options.config, io.env, async ({ config, names, bus }) => {
      let status: number = EXIT.done
      for (const server of serversOf(args, config)) {
        const finding = await findingOf(bus, names, server, since, io.signal)
        await io.out.line(isJson(options) ? jsonLine(finding) : textOf(finding))
        if (finding.faults.length > 0) status = EXIT.refused
      }
      return status
    })
  },
})

async function findingOf(bus: Bus, names: Names, server: string, since: number | undefined, signal: AbortSignal) {
  const stream = names.logStream(server)
  const { log, first, last } = await storedLog(bus, stream)
  const proof = new Proof(server, log)
  for await (const { seq, text, storedAt, dropped } of readLog(bus, stream, first, last)) {
    signal.throwIfAborted()
    if (dropped) proof.drop()
    else if (since === undefined || Date.parse(storedAt) >= since) proof.take(seq, text)
  }
  return proof.finding()
}

function textOf({ server, first, last, events, gaps, lost, faults }: Finding): string {
  const causes = Object.entries(gaps).map(([cause, count]) => `${count} ${cause}`)
  const missing =
    causes.length === 0 ? 'no gap' : `gaps: ${causes.join(', ')}, missing ${lost ?? 'nobody knows how many'}`
  const verdict = faults.length === 0 ? 'holds' : `is broken:\n  ${faults.join('\n  ')}`
  return `${server}: ${events} events in ${first} to ${last}, ${missing}; the log ${verdict}`
}
