// What can stand at the end of a line of the shell.
import { actions, events } from 'amiable/catalog'
import { LIVE_COMMANDS } from './commands.ts'
import type { LiveNames, Named } from './live-names.ts'

/** What completion asks. */
export interface Sources {
  readonly names: LiveNames
  readonly verbs: readonly string[]
  /** Candidates for the words of a verb. */
  readonly verb: (words: readonly string[]) => Promise<readonly string[]>
  readonly contexts: () => readonly string[]
}

/** The parameters whose values the server knows. */
const OF_PARAMETER: readonly (readonly [name: RegExp, kind: Named])[] = [
  [/channel\d?$/i, 'channel'],
  [/^queue$/i, 'queue'],
  [/^endpoint$/i, 'endpoint'],
  [/^interface$/i, 'member'],
]
/** The verbs whose own words it knows. */
const OF_VERB: Readonly<Record<string, Named>> = { call: 'channel', queue: 'queue' }

/** Returns the candidates for the last word of a line, and that word. One alone ends with a blank, unless a value follows. */
export async function completeLine(line: string, sources: Sources): Promise<[candidates: string[], replaced: string]> {
  const [found, word] = await candidatesOf(line, sources)
  const fitting = [...new Set(found)].filter((one) => one.startsWith(word))
  const [only, second] = fitting
  if (only !== undefined && second === undefined && !only.endsWith('=')) return [[`${only} `], word]
  return [fitting, word]
}

async function candidatesOf(line: string, sources: Sources): Promise<[found: readonly string[], word: string]> {
  const word = /\S*$/.exec(line)?.[0] ?? ''
  const typed = line.trimStart()
  if (typed.startsWith('!')) {
    const own = word.startsWith('!') ? word.slice(1) : word
    return [await sources.names.ofConsole(typed.slice(1)), own]
  }
  // a word in quotes is the user's own
  if (/['"]/.test(word)) return [[], word]
  const words = typed.split(/\s+/)
  const [first = '', ...rest] = words
  if (rest.length === 0) {
    if (first.startsWith('\\')) return [LIVE_COMMANDS, word]
    return [[...sources.verbs, 'watch', 'exit', ...Object.keys(actions)], word]
  }
  if (first === '\\c') return [sources.contexts(), word]
  if (first.startsWith('\\')) return [[], word]
  if (first === 'watch')
    return [word.startsWith('-') ? await sources.verb(['events', ...rest]) : [...Object.keys(events), 'off'], word]
  const whole = sources.verbs.includes(first) ? words : ['send', ...words]
  const [given, live] = await Promise.all([sources.verb(whole), liveValues(whole, word, sources.names)])
  return [[...given, ...live], word]
}

async function liveValues(words: readonly string[], word: string, names: LiveNames): Promise<readonly string[]> {
  const [, parameter] = /^([\w()]+)=/.exec(word) ?? []
  if (parameter !== undefined) {
    const kind = OF_PARAMETER.find(([name]) => name.test(parameter))?.[1]
    return kind === undefined ? [] : (await names.of(kind)).map((name) => `${parameter}=${name}`)
  }
  const [verb = '', , third] = words
  if (verb === 'originate' && third === undefined) return (await names.of('endpoint')).map((name) => `PJSIP/${name}`)
  const kind = Object.hasOwn(OF_VERB, verb) && !word.startsWith('-') ? OF_VERB[verb] : undefined
  return kind === undefined ? [] : await names.of(kind)
}
