import { AmiError } from 'amiable'
import { EXIT, jsonText, urlOf, visible } from 'amiable-settings'
import { bytesText, ConfigError, timeText } from 'amiable-settings/yaml'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { explain } from '../explain.ts'
import { type Tried, tryAll } from '../run/attempt.ts'
import { ringOf } from '../run/gateway.ts'
import { configOption, isJson, type OutputOptions, outputOptions } from './options.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway check -c /etc/amiable/gateway.yaml
amiable-gateway check -c gateway.yaml --connect
`

/** `amiable-gateway check`: reads a configuration as `run` does, and opens nothing unless it is asked to connect. */
export const check = verb<OutputOptions & { readonly config?: string; readonly connect?: boolean }>({
  define: (command) => {
    command.addHelpText('before', EXAMPLES).addHelpText(
      'after',
      `
Leaves with 2 where something is wrong. Each fault has its path and line. With
--connect it tries NATS and what its users may do, its streams, a login at each
Asterisk and what the account may do. It changes nothing, and leaves as the
first that failed: 1 where rights are missing, 3 without connection, 4 refused.`,
    )
    outputOptions(configOption(command).option('--connect', 'tries NATS, logins and rights too'))
  },
  async run(io, { options }) {
    const json = isJson(options)
    try {
      const config = loadConfig(options.config, io.env)
      const tried = options.connect ? (await tryAll(config, io.env)).map(toldOf) : undefined
      const facts = { holds: true, faults: [], ...factsOf(config), ...(tried && { tried }) }
      await io.out.line(json ? jsonText(facts) : textOf(config, options.config, tried))
      return tried?.find(({ exit }) => exit !== EXIT.done)?.exit ?? EXIT.done
    } catch (error) {
      if (!json || !(error instanceof ConfigError)) throw error
      await io.out.line(jsonText({ holds: false, faults: error.faults }))
      return EXIT.usage
    }
  },
})

interface Told {
  readonly what: string
  readonly exit: number
  readonly says: string
}

function toldOf({ what, found, error }: Tried): Told {
  if (found !== undefined) return { what, exit: EXIT.done, says: found }
  if (!AmiError.is(error)) {
    const { exit, message } = explain(error)
    return { what, exit, says: message }
  }
  return { what, exit: error.code === 'AMI_AUTH' ? EXIT.login : EXIT.noConnection, says: error.message }
}

/** Says what a configuration means, with all defaults and without a secret. */
function factsOf(config: LoadedConfig) {
  const { gateway, prefix, nats, asterisks, actions, log, http } = config
  const servers = Object.entries(asterisks).map(([name, { host, port, username, tls, events }]) => {
    const url = urlOf({ host, username, ...(port !== undefined && { port }), tls: tls !== false })
    return [name, { url, events, ring: ringOf(config) }] as const
  })
  return {
    gateway: gateway.name,
    prefix,
    nats: nats.servers ?? ('embedded' as const),
    asterisks: Object.fromEntries(servers),
    actions,
    log,
    http: http === false ? (false as const) : http.listen,
  }
}

function textOf(config: LoadedConfig, path: string | undefined, tried: readonly Told[] = []): string {
  const { gateway, prefix, nats, asterisks, actions, log, http } = factsOf(config)
  const count = Object.keys(asterisks).length
  const ring = ringOf(config)
  const shared = ring < log.ring ? `: ${count} share the ${bytesText(log.rings)} of log.rings` : ''
  const lines: (readonly [name: string, text: string])[] = [
    ['gateway', `${gateway}, subjects below ${prefix}`],
    ['NATS', nats === 'embedded' ? 'a nats-server of its own: one copy, one gateway' : nats.join(' ')],
    ...Object.entries(asterisks).map(([name, { url, events }]) => [name, `${url}, ${events.join(' ')}`] as const),
    ['rings', `${bytesText(ring)} for each Asterisk${shared}`],
    [
      'logs',
      `${timeText(log.maxAge)} or ${bytesText(log.maxBytes)} each, all ${timeText(log.keepAge)} or ${bytesText(log.keepBytes)}`,
    ],
    ['actions', [...actions.classes, ...actions.allow].join(' ') || 'none'],
    ['http', http === false ? 'none' : http],
    ...tried.map(
      ({ what, exit, says }) => [`try ${what}`, `${exit === EXIT.done ? 'well' : 'FAILED'}: ${visible(says)}`] as const,
    ),
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return [`${path ?? 'AMIABLE_URL'} holds`, ...lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join(
    '\n',
  )
}
