import { parseArgs } from 'node:util'
import type { Target } from './job.ts'

export const USAGE = `npm run bench -- [case or group ...] [options]

  --only=a,b               only these readers (bytes, reused, plain, amiable, ami-io, asterisk-manager, ...)
  --rounds=5               how often every reader takes its turn
  --seconds=3              about how long one turn is
  --asterisk=u:s@host:port a real Asterisk for actions/asterisk; also AMIABLE_ASTERISK
  --pin                    server and readers on one core each (taskset)
  --corpus=file.ami.gz     another capture
  --json=file              where the figures go (a whole run: results/latest.json)`

export interface BenchOptions {
  readonly names: readonly string[]
  readonly only: ReadonlySet<string> | undefined
  readonly rounds: number
  readonly seconds: number
  readonly asterisk: Target | undefined
  readonly corpus: string | undefined
  readonly json: string | undefined
  readonly pin: boolean
  readonly help: boolean
}

const targetOf = (text: string | undefined): Target | undefined => {
  if (text === undefined || text === '') return undefined
  const found = /^(.+?):(.+)@(.+):(\d+)$/.exec(text)
  if (found === null) throw new Error('--asterisk wants user:secret@host:port')
  const [, username, secret, host, port] = found as unknown as [string, string, string, string, string]
  return { host, port: Number(port), username, secret }
}

export const parseOptions = (argv: readonly string[]): BenchOptions => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      asterisk: { type: 'string' },
      corpus: { type: 'string' },
      json: { type: 'string' },
      pin: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    names: positionals,
    only: values.only === undefined ? undefined : new Set(values.only.split(',')),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    asterisk: targetOf(values.asterisk ?? process.env.AMIABLE_ASTERISK),
    corpus: values.corpus,
    json: values.json,
    pin: values.pin,
    help: values.help,
  }
}
