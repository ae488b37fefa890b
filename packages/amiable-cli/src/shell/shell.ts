// What each line of a shell does.
import { setTimeout as pause } from 'node:timers/promises'
import type { TargetOptions } from '../context/targets.ts'
import { targetsFor } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { explain } from '../errors/explain.ts'
import { usage } from '../errors/usage.ts'
import type { Common, Io, Whole } from '../io.ts'
import { report } from '../output/report.ts'
import { durationOf, spell } from '../output/time.ts'
import { DRAIN, type Writer } from '../output/writer.ts'
import { HELP, LIVE_COMMANDS } from './commands.ts'
import { Connection } from './connection.ts'
import { lineOf } from './read-line.ts'

export interface ShellParts {
  readonly io: Io
  readonly common: Common
  readonly whole: Whole
  readonly verbs: readonly string[]
  /** Where the text goes that comes beside: events, and what happens to the connection. */
  readonly beside: Writer
  /** Called when the prompt may be another. */
  readonly onPrompt: () => void
}

/** A shell on one server, which may be another one later. */
export class Shell {
  readonly #parts: ShellParts
  #connection: Connection | undefined
  #env: Io['env']
  #timeout: number | undefined
  #json = false
  #blocks = false
  #times = false
  /** The last line that ran a verb. */
  #last: readonly string[] | undefined
  #watch: { readonly words: readonly string[]; readonly stop: () => Promise<void> } | undefined

  constructor(parts: ShellParts) {
    this.#parts = parts
    this.#env = parts.io.env
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  get env(): Io['env'] {
    return this.#env
  }

  get prompt(): string {
    return this.#connection?.prompt ?? '> '
  }

  /** Connects to the server that is meant. The one before is left when there is another. */
  async use(options: TargetOptions & { readonly timeout?: number }): Promise<void> {
    const { io, common, beside, onPrompt } = this.#parts
    const [target, second] = targetsFor(options, this.#env)
    if (target === undefined || second !== undefined) throw usage('a shell is of one server: --context NAME')
    this.#timeout = options.timeout ?? this.#timeout
    const made = await Connection.open({ ...io, err: beside }, common, target, this.#timeout, (says) => {
      if (this.#connection !== made) return
      beside.offer(`-- ${says}`)
      onPrompt()
    })
    await this.#leave()
    this.#connection = made
    const url = options.host ?? (isNamed(options, this.#env) ? undefined : this.#env.AMIABLE_URL)
    // verbs with connections of their own find it there
    const place = url === undefined ? { AMIABLE_CONTEXT: target.name } : { AMIABLE_CONTEXT: '', AMIABLE_URL: url }
    this.#env = { ...this.#env, ...place }
  }

  /** Runs a line. Returns its exit status; `undefined` for one that leaves the shell. */
  async run(text: string): Promise<number | undefined> {
    const stop = new AbortController()
    const { io } = this.#parts
    // the first ^C ends the line, one more the shell
    io.onInterrupt(() => {
      io.onInterrupt()
      stop.abort('SIGINT')
    })
    const signal = AbortSignal.any([io.signal, stop.signal])
    const began = performance.now()
    try {
      return await this.#do(text, { ...io, signal, env: this.#env, shared: this.#shared })
    } catch (error) {
      if (signal.aborted) return io.signal.aborted ? undefined : EXIT.interrupted
      return report(io, explain(error), this.#json)
    } finally {
      io.onInterrupt()
      if (this.#times) io.err.offer(spell(performance.now() - began))
    }
  }

  async close(): Promise<void> {
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const [watch, connection] = [this.#watch, this.#connection]
    this.#watch = this.#connection = undefined
    await Promise.all([watch?.stop(), connection?.close()])
  }

  readonly #shared = (name: string) => (name === this.#connection?.target.name ? this.#connection.client : undefined)

  async #do(text: string, io: Io): Promise<number | undefined> {
    const line = lineOf(text, this.#parts.verbs)
    switch (line.type) {
      case 'nothing':
        return EXIT.done
      case 'quit':
        return undefined
      case 'help':
        await io.out.line(HELP)
        return EXIT.done
      case 'setting':
        return await this.#set(line.name, line.value, io)
      case 'watch':
        return await this.#show(line.words)
      case 'verb':
        this.#last = line.words
        return await this.#verb(line.words, io)
    }
  }

  async #verb(words: readonly string[], io: Io): Promise<number> {
    if (words[0] === 'shell') throw usage('this is a shell already: \\c CONTEXT is for another server')
    return await this.#parts.whole.run(io, await this.#withFormat(words))
  }

  /** Returns the words with the format that was set, where the verb has it and none was given. */
  async #withFormat([verb = '', ...rest]: readonly string[]): Promise<readonly string[]> {
    const isGiven = rest.some((word) => /^(?:-o.*|--output(?:=.*)?|--json)$/.test(word))
    const has = async (option: string) => (await this.#parts.whole.complete([verb, option], this.#env)).includes(option)
    if (isGiven) return [verb, ...rest]
    if (this.#json && (await has('--json'))) return [verb, '--json', ...rest]
    if (this.#blocks && verb === 'list') return [verb, '-o', 'block', ...rest]
    return [verb, ...rest]
  }

  async #set(name: string, value: string, io: Io): Promise<number> {
    const say = async (text: string) => {
      await io.err.line(text)
      return EXIT.done
    }
    switch (name) {
      case 'c':
        if (value === '') throw usage('\\c needs the name of a context')
        await this.use({ context: [value.trim()] })
        return EXIT.done
      case 'json':
        this.#json = !this.#json
        return await say(this.#json ? 'answers are JSON' : 'answers are text')
      case 'x':
        this.#blocks = !this.#blocks
        return await say(this.#blocks ? 'a row is a block' : 'a row is a line')
      case 'timing':
        this.#times = !this.#times
        return await say(this.#times ? 'each line says how long it took' : 'no line says how long it took')
      case 'watch':
        return await this.#again(value, io)
      default:
        throw usage(`there is no \\${name}`, `There are ${LIVE_COMMANDS.join(' ')}.`)
    }
  }

  /** Runs the last verb again and again, until ^C. */
  async #again(value: string, io: Io): Promise<number> {
    const every = durationOf(value === '' ? '2' : value)
    if (every === undefined) throw usage('\\watch needs a time such as 2 or 500ms')
    const last = this.#last
    if (last === undefined) throw usage('there is no line to run again')
    for (;;) {
      await this.#verb(last, io)
      await io.err.line(`-- again every ${spell(every)}; ^C ends this`)
      await pause(every, undefined, { signal: io.signal })
    }
  }

  /** Shows events beside the lines, or ends that. */
  async #show(words: readonly string[] | 'off' | undefined): Promise<number> {
    const { io, whole, beside } = this.#parts
    if (words === undefined) {
      await io.err.line(this.#watch === undefined ? 'no events are shown' : `watch ${this.#watch.words.join(' ')}`)
      return EXIT.done
    }
    await this.#watch?.stop()
    this.#watch = undefined
    if (words === 'off') return EXIT.done
    const ending = new AbortController()
    const signal = AbortSignal.any([io.signal, ending.signal])
    // it must not ask anything while somebody types
    const isTerminal = { ...io.isTerminal, in: false }
    const own = { ...io, out: beside, err: beside, signal, isTerminal, env: this.#env }
    const done = whole
      .run(own, ['events', ...words])
      .catch((error: unknown) => (signal.aborted ? EXIT.done : report(own, explain(error), false)))
    const watch = {
      words,
      stop: async () => {
        ending.abort('SIGINT')
        await done
        await beside.drain(DRAIN.screen)
      },
    }
    this.#watch = watch
    void done.then(() => {
      if (this.#watch === watch) this.#watch = undefined
    })
    return EXIT.done
  }
}

function isNamed({ context }: TargetOptions, env: Io['env']): boolean {
  return context !== undefined || Boolean(env.AMIABLE_CONTEXT)
}
