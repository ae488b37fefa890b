import { CliError, EXIT, usage } from 'amiable-settings'
import { loadConfig } from '../config/load.ts'
import { configOption, duration } from './options.ts'
import { overAfter } from './over.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway health -c /etc/amiable/gateway.yaml
amiable-gateway health --url http://127.0.0.1:9464 --timeout 2s
`
const MOST = 4_096

interface Options {
  readonly config?: string
  readonly url?: string
  readonly timeout?: number
}

/** `amiable-gateway health`: for whoever looks after a container or a service. */
export const health = verb<Options>({
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', '\nLeaves with 0 if the gateway is ready, with 1 if it is not, with 3 without it.')
    configOption(command)
      .option('--url <url>', "where the gateway's pages are, without a configuration")
      .addOption(duration('--timeout <time>', 'how long the answer may take (5s)'))
  },
  async run(io, { options }) {
    const url = new URL('/readyz', options.url === undefined ? listenUrl(options.config, io.env) : given(options.url))
    const over = overAfter(io.signal, options.timeout ?? 5_000)
    let answer: Response
    let text: string
    try {
      answer = await fetch(url, { signal: over, redirect: 'error' })
      text = (await answer.text()).slice(0, MOST).trim()
    } catch (cause) {
      if (io.signal.aborted) throw cause
      const why = over.aborted ? 'no answer in time' : reasonOf(cause)
      const exit = over.aborted ? EXIT.late : EXIT.noConnection
      throw new CliError(`no gateway answers at ${url.origin}: ${why}`, {
        exit,
        code: 'GATEWAY_AWAY',
        hints: ['Does the gateway run, and is it the address of http.listen?'],
        cause,
      })
    }
    if (answer.status === 200) {
      await io.out.line(text)
      return EXIT.done
    }
    throw new CliError(`the gateway at ${url.origin} is not ready: ${text.split('\n')[0]}`, {
      exit: EXIT.refused,
      code: 'NOT_READY',
    })
  },
})

function given(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  throw usage('--url must be an address such as http://127.0.0.1:9464')
}

function listenUrl(path: string | undefined, env: Readonly<Record<string, string | undefined>>): URL {
  const { http } = loadConfig(path, env)
  if (http === false) throw usage('the configuration has no pages to ask: http is false', 'Set http.listen.')
  // whoever listens on all addresses listens on this one too
  return new URL(`http://${http.listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')}`)
}

function reasonOf(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) if ('code' in one) return String(one.code)
  return error instanceof Error ? error.message : String(error)
}
