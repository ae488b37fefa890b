import { checkWhole, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { done, one, splitOptions } from './commands-data.ts'
import { type CommandOptions, NO_OPTIONS, type Work } from './job.ts'
import type { Word } from './line.ts'
import type { AgiReply } from './replies.ts'

/** One thing that the caller may have said. */
export interface SpeechResult {
  readonly score: number
  readonly text: string
  readonly grammar: string
}

/** What the caller said or pressed. */
export interface Recognized {
  readonly by: 'speech' | 'digit' | 'timeout' | 'hangup'
  readonly digit: string | undefined
  /** How many samples of the sound had been played. */
  readonly position: number
  readonly results: readonly SpeechResult[]
}

/** The commands SPEECH: recognition by an engine that Asterisk has loaded. All but `recognize` fail without one. */
export class AgiSpeech {
  #perform: <T>(work: Work<T>, options?: CommandOptions) => Promise<T>

  /** @internal */
  constructor(perform: <T>(work: Work<T>, options?: CommandOptions) => Promise<T>) {
    this.#perform = perform
  }

  /** Creates the speech object of this session. @param engine its name; the default engine's is `''` */
  create(engine = '', options?: CommandOptions): Promise<void> {
    return this.#do('SPEECH CREATE', [['engine', engine]], options)
  }

  /** Changes a setting of the engine. */
  set(name: string, value: string, options?: CommandOptions): Promise<void> {
    const words: Word[] = [
      ['name', checkName('name', name)],
      ['value', value],
    ]
    return this.#do('SPEECH SET', words, options)
  }

  /** Destroys the speech object. */
  destroy(options?: CommandOptions): Promise<void> {
    return this.#do('SPEECH DESTROY', [], options)
  }

  /** Loads a grammar from a file. */
  load(grammar: string, path: string, options?: CommandOptions): Promise<void> {
    const words: Word[] = [...named(grammar), ['path', checkName('path', path)]]
    return this.#do('SPEECH LOAD GRAMMAR', words, options)
  }

  /** Unloads a grammar. */
  unload(grammar: string, options?: CommandOptions): Promise<void> {
    return this.#do('SPEECH UNLOAD GRAMMAR', named(grammar), options)
  }

  /** Listens by a grammar from now on. */
  activate(grammar: string, options?: CommandOptions): Promise<void> {
    return this.#do('SPEECH ACTIVATE GRAMMAR', named(grammar), options)
  }

  /** Listens by a grammar no more. */
  deactivate(grammar: string, options?: CommandOptions): Promise<void> {
    return this.#do('SPEECH DEACTIVATE GRAMMAR', named(grammar), options)
  }

  /**
   * Plays a sound and listens.
   * @param timeout milliseconds to wait behind the sound; Asterisk counts in seconds
   */
  recognize(
    file: string,
    timeout: number,
    options: CommandOptions & { readonly offset?: number | undefined } = NO_OPTIONS,
  ): Promise<Recognized> {
    const [{ offset }, common] = splitOptions(options, { offset: true })
    const words: Word[] = [
      ['file', checkName('file', file)],
      ['timeout', Math.ceil(checkWhole('timeout', timeout, 0, 2_147_483_647) / 1000)],
    ]
    if (offset !== undefined) words.push(['offset', checkWhole('offset', offset, 0, 2_147_483_647)])
    return this.#perform(one('SPEECH RECOGNIZE', words, recognized), common)
  }

  #do(command: string, words: readonly Word[], options?: CommandOptions): Promise<void> {
    return this.#perform(one(command, words, done(command)), options)
  }
}

function named(grammar: string): Word[] {
  return [['grammar', checkName('grammar', grammar)]]
}

function checkName(argument: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given
  throw invalid(argument, `must be a string that is not empty, ${got(given)}`)
}

function recognized(reply: AgiReply): Recognized {
  done('SPEECH RECOGNIZE')(reply)
  const { data, endpos: position = 0 } = reply
  const [text = ''] = reply.lines
  const digit = data === 'digit' ? /digit=(.)/.exec(text.slice(0, 200))?.[1] : undefined
  const by = data === 'digit' || data === 'timeout' || data === 'hangup' ? data : 'speech'
  return { by, digit, position, results: resultsOf(text) }
}

/**
 * Reads the results of handle_speechrecognize: `score0=90 text0="two words" grammar0=name score1=…`, nothing escaped.
 */
function resultsOf(text: string): SpeechResult[] {
  const results: SpeechResult[] = []
  for (let n = 0, from = text.indexOf('score0='); from !== -1; n++) {
    const textAt = text.indexOf(` text${n}="`, from)
    const grammarAt = text.indexOf(`" grammar${n}=`, textAt)
    if (textAt === -1 || grammarAt === -1) break
    const next = text.indexOf(` score${n + 1}=`, grammarAt)
    const label = `" grammar${n}=`.length
    results.push({
      score: Number(text.slice(from + `score${n}=`.length, textAt)),
      text: text.slice(textAt + ` text${n}="`.length, grammarAt),
      grammar: text.slice(grammarAt + label, next === -1 ? undefined : next),
    })
    from = next === -1 ? -1 : next + 1
  }
  return results
}
