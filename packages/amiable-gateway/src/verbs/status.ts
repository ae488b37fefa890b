import { EXIT, jsonText, visible } from 'amiable-settings'
import { bytesText } from 'amiable-settings/yaml'
import { type LogFacts, logFacts } from '../bus/log-facts.ts'
import { type GatewayReport, lookAtGateways } from '../run/look.ts'
import { withNats } from '../run/reach.ts'
import { configOption, isJson, type OutputOptions, outputOptions } from './options.ts'
import { serversOf } from './servers.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway status -c /etc/amiable/gateway.yaml
amiable-gateway status -c gateway.yaml pbx1 -o json
`

/** One Asterisk with its log and with what each gateway says of it. */
interface Status extends LogFacts {
  readonly gateways: readonly ({ readonly gateway: string } & GatewayReport['servers'][string])[]
}

/** `amiable-gateway status SERVER…`: each Asterisk with its log, its writer, and what each gateway holds of it. */
export const status = verb<OutputOptions & { readonly config?: string }>({
  define: (command) => {
    command
      .argument('[server...]', 'the Asterisks; all without one')
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
Leaves with 0 if each log is being written and its writer has a session to
Asterisk, and with 1 otherwise.`,
      )
    outputOptions(configOption(command))
  },
  async run(io, { args, options }) {
    return await withNats(options.config, io.env, async ({ config, names, bus }) => {
      const servers = serversOf(args, config)
      const [gateways, ...facts] = await Promise.all([
        lookAtGateways(bus, names.look),
        ...servers.map((server) => logFacts(bus, names, config.prefix, server)),
      ])
      const all = facts.map((fact): Status => ({ ...fact, gateways: ofServer(gateways, fact.server) }))
      await io.out.line(isJson(options) ? jsonText(all) : all.map(textOf).join('\n'))
      return all.every(({ isWritten, link }) => isWritten && link?.up) ? EXIT.done : EXIT.refused
    })
  },
})

function ofServer(gateways: readonly GatewayReport[], server: string): Status['gateways'] {
  return gateways.flatMap(({ gateway, servers }) => {
    const report = servers[server]
    return report === undefined ? [] : [{ gateway, ...report }]
  })
}

function textOf({ server, link, writer, isWritten, gateways, ...log }: Status): string {
  const rows: (readonly [name: string, text: string])[] = [
    ['Asterisk', linkText(link)],
    ['writer', isWritten && writer ? `${writer.gateway} since ${writer.since}` : 'nobody writes'],
    ['log', `${log.messages} messages, ${bytesText(log.bytes)}, ${log.first} to ${log.last}${ageText(log.age)}`],
    ['gaps', gapText(log)],
    ...gateways.map(({ gateway, role, lag, ring, acting }) => {
      const size = `ring ${ring.events} events, ${bytesText(ring.waiting)} of ${bytesText(ring.limit)} not stored`
      const lost = ring.overflowed > 0 ? `, ${ring.overflowed} lost` : ''
      return [gateway, `${role}, ${size}${lost}, lag ${lag.toFixed(0)} ms${acting ? ', takes actions' : ''}`] as const
    }),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [server, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${visible(text)}`)].join('\n')
}

function linkText(link: LogFacts['link']): string {
  if (link === null) return 'no gateway has said anything of it'
  return link.up
    ? `up since ${link.since}, AMI ${link.version ?? 'of no version'}`
    : `down since ${link.since}: ${link.error}`
}

function ageText(age: number | null): string {
  return age === null ? '' : `, the last ${(age / 1_000).toFixed(1)} s ago`
}

function gapText({ gaps, lastGap }: Pick<LogFacts, 'gaps' | 'lastGap'>): string {
  if (lastGap === null) return 'none'
  const { seq, at, cause, lost } = lastGap
  return `${gaps}, the last at ${seq}, ${at}: ${cause}, ${lost ?? 'nobody knows how many'} missing`
}
