import { inspect, styleText } from 'node:util'

/** The parts of node:test's events that are read here. */
export interface TestEvent {
  readonly type: string
  readonly data: {
    readonly name?: string
    readonly file?: string
    readonly nesting?: number
    readonly skip?: string | boolean
    readonly todo?: string | boolean
    readonly message?: string
    readonly details?: { readonly type?: string; readonly duration_ms?: number; readonly error?: unknown }
  }
}

/** Counts what node:test tells, and says it in one line a file; what failed is told whole. */
export class Report {
  passed = 0
  failed = 0
  skipped = 0
  /** What failed, again for the end of a run: a log of thousands of lines is read there. */
  readonly #failures: string[] = []
  readonly #say: (line: string) => void
  readonly #colour: boolean

  constructor(say: (line: string) => void, colour = false) {
    this.#say = say
    this.#colour = colour
  }

  /** A check of the runner's own, such as the types. */
  check(name: string, error?: string): void {
    if (error === undefined) {
      this.passed++
      this.#say(`${this.#paint('green', '✓')} ${name}`)
    } else {
      this.failed++
      this.#failures.push(`✗ ${name}\n${indent(head(error))}`)
      this.#say(`${this.#paint('red', '✗')} ${name}\n${indent(error)}`)
    }
  }

  /** Something that this machine cannot test, and why. */
  skip(why: string): void {
    this.skipped++
    this.#say(`${this.#paint('yellow', '-')} ${why}`)
  }

  /** What a group of files took, and whether that is more than its budget. */
  time(line: string, isOver: boolean): void {
    this.#say(isOver ? `${this.#paint('yellow', '!')} ${line}: longer than its budget` : `  ${line}`)
  }

  /** Says how a file went. */
  add(file: string, { passed, failures, skipped, output, duration }: FileResult): void {
    let skips = 0
    for (const count of skipped.values()) skips += count
    const failed = passed + failures.length + skips === 0 ? ['✗ it ran no test'] : failures
    this.passed += passed
    this.failed += failed.length
    this.skipped += skips
    const mark = failed.length > 0 ? this.#paint('red', '✗') : this.#paint('green', '✓')
    const counts = [
      `${passed} passed`,
      ...(failed.length > 0 ? [this.#paint('red', `${failed.length} failed`)] : []),
      ...(skips > 0 ? [this.#paint('yellow', `${skips} skipped`)] : []),
    ].join(', ')
    const seconds = (duration / 1000).toFixed(1)
    this.#say(`${mark} ${file}  ${this.#paint('dim', `${counts}, ${seconds} s`)}`)
    for (const [why, count] of skipped) this.#say(this.#paint('dim', `    ${count} skipped: ${why}`))
    for (const text of failed) {
      this.#failures.push(`✗ ${file}\n${indent(head(text))}`)
      this.#say(indent(text))
    }
    if (failed.length > 0 && output.length > 0) {
      this.#say(`    ${this.#paint('dim', 'its output:')}\n${indent(output.join('').trimEnd())}`)
    }
  }

  /** Ends a run: says briefly once more what failed, and then the counts in a line that is plain and alone. */
  end(): void {
    for (const failure of this.#failures) this.#say(`\n${failure}`)
    this.#say(`\n${this.lastLine}`)
  }

  /** The line that ends a run, for people and machines. */
  get lastLine(): string {
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : ''
    return `${this.passed} passed, ${this.failed} failed${skipped}`
  }

  #paint(style: 'green' | 'red' | 'yellow' | 'dim', text: string): string {
    return this.#colour ? styleText(style, text) : text
  }
}

/** How one file went. Events bear the file that a test is written in, which may be another than the one that runs. */
export class FileResult {
  passed = 0
  duration = 0
  readonly skipped = new Map<string, number>()
  readonly failures: string[] = []
  readonly output: string[] = []
  readonly #file: string
  readonly #began = performance.now()
  /** The names of the tests that the last one stands in, outermost first. */
  #path: string[] = []
  readonly #running = new Set<string>()

  constructor(file: string) {
    this.#file = file
  }

  take({ type, data }: TestEvent): void {
    const { name = '', nesting = 0 } = data
    this.duration = performance.now() - this.#began
    if (type === 'test:dequeue' && name !== this.#file) this.#running.add(name)
    else if (type === 'test:complete') this.#running.delete(name)
    else if (type === 'test:start') this.#path = [...this.#path.slice(0, nesting), name]
    else if (type === 'test:stdout' || type === 'test:stderr') this.output.push(data.message ?? '')
    else if (type === 'test:pass') this.#passes(data)
    else if (type === 'test:fail') this.#fails(data)
  }

  #passes({ name, skip, todo, details }: TestEvent['data']): void {
    // a file without a test is told as one passed test that bears the file's path
    if (name === this.#file) return
    // one that is left out is told, for its tests are not; any other one is its tests
    if (details?.type === 'suite' && skip === undefined) return
    if (skip === undefined && todo === undefined) {
      this.passed++
      return
    }
    const why = [skip, todo].find((reason) => typeof reason === 'string' && reason !== '') ?? 'no reason given'
    this.skipped.set(String(why), (this.skipped.get(String(why)) ?? 0) + 1)
  }

  #fails({ name = '', nesting = 0, details }: TestEvent['data']): void {
    const error = details?.error as { failureType?: string; cause?: unknown } | undefined
    // the test within is told of its own
    if (error?.failureType === 'subtestsFailed') return
    const unfinished = [...this.#running].join(' › ')
    const itself = unfinished === '' ? 'the file itself' : `the file itself, in: ${unfinished}`
    const title = name === this.#file ? itself : [...this.#path.slice(0, nesting), name].join(' › ')
    this.failures.push(`✗ ${title}\n${indent(describe(error?.cause ?? error))}`)
  }
}

function describe(error: unknown): string {
  if (typeof error === 'string') return error
  // it comes from another process as a plain error; its stack begins with its message, which holds the difference
  const { code, stack } = (error ?? {}) as { code?: unknown; stack?: unknown }
  if (code === 'ERR_ASSERTION' && typeof stack === 'string') return stack
  return inspect(error, { depth: 5, maxStringLength: 4_000 })
}

/** Returns as much of a failure as the end of a run shows. */
function head(text: string): string {
  return text
    .split('\n')
    .slice(0, 20)
    .map((line) => line.slice(0, 240))
    .join('\n')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `    ${line}`))
    .join('\n')
}
