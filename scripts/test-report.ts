import { relative } from 'node:path'
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

interface FileResult {
  passed: number
  failed: number
  duration: number
  readonly skipped: Map<string, number>
  readonly output: string[]
  readonly failures: string[]
  /** The names of the tests that the last one stands in, outermost first. */
  path: string[]
}

const TOLD = new Set(['test:start', 'test:pass', 'test:fail', 'test:stdout', 'test:stderr'])

/** Counts what node:test tells, and says it in one line a file; what failed is told whole. */
export class Report {
  passed = 0
  failed = 0
  skipped = 0
  readonly #root: string
  readonly #say: (line: string) => void
  readonly #colour: boolean
  #current: string | undefined
  #result = newResult()

  constructor(root: string, say: (line: string) => void, colour = false) {
    this.#root = root
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
      this.#say(`${this.#paint('red', '✗')} ${name}\n${indent(error)}`)
    }
  }

  /** Something that this machine cannot test, and why. */
  skip(why: string): void {
    this.skipped++
    this.#say(`${this.#paint('yellow', '-')} ${why}`)
  }

  /** Takes one event; says whether it was about a test. Files are told one after the other, whatever runs beside. */
  take({ type, data }: TestEvent): boolean {
    const file = data.file
    if (file === undefined || !TOLD.has(type)) return false
    if (this.#current !== undefined && this.#current !== file) this.finish()
    this.#current = file
    const result = this.#result
    if (type === 'test:start') result.path = [...result.path.slice(0, data.nesting), data.name ?? '']
    else if (type === 'test:stdout' || type === 'test:stderr') result.output.push(data.message ?? '')
    else if (type === 'test:pass') this.#passes(result, data)
    else if (type === 'test:fail') this.#fails(result, data)
    if ((type === 'test:pass' || type === 'test:fail') && data.nesting === 0) {
      result.duration += data.details?.duration_ms ?? 0
    }
    return true
  }

  /** Says how the last file went; call it once nothing more comes. */
  finish(): void {
    const file = this.#current
    if (file === undefined) return
    const result = this.#result
    this.#current = undefined
    this.#result = newResult()
    const name = relative(this.#root, file)
    const { passed, failed, skipped } = result
    let skips = 0
    for (const count of skipped.values()) skips += count
    if (passed + failed + skips === 0) {
      failure(result, name, 'the file ran no test')
      result.failed++
    }
    this.passed += passed
    this.failed += result.failed
    this.skipped += skips
    const mark = result.failed > 0 ? this.#paint('red', '✗') : this.#paint('green', '✓')
    const counts = [
      `${passed} passed`,
      ...(result.failed > 0 ? [this.#paint('red', `${result.failed} failed`)] : []),
      ...(skips > 0 ? [this.#paint('yellow', `${skips} skipped`)] : []),
    ].join(', ')
    const seconds = (result.duration / 1000).toFixed(1)
    this.#say(`${mark} ${name}  ${this.#paint('dim', `${counts}, ${seconds} s`)}`)
    for (const [why, count] of skipped) this.#say(this.#paint('dim', `    ${count} skipped: ${why}`))
    for (const text of result.failures) this.#say(indent(text))
    if (result.failed > 0 && result.output.length > 0) {
      this.#say(`    ${this.#paint('dim', 'its output:')}\n${indent(result.output.join('').trimEnd())}`)
    }
  }

  /** The line that ends a run: plain, alone, for people and machines. */
  get lastLine(): string {
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : ''
    return `${this.passed} passed, ${this.failed} failed${skipped}`
  }

  #passes(result: FileResult, { name, file, skip, todo, details, nesting = 0 }: TestEvent['data']): void {
    // a file without a test is told as one passed test that bears the file's path
    if (details?.type === 'suite' || (nesting === 0 && name === file)) return
    if (skip === undefined && todo === undefined) {
      result.passed++
      return
    }
    const why = [skip, todo].find((reason) => typeof reason === 'string' && reason !== '') ?? 'no reason given'
    result.skipped.set(String(why), (result.skipped.get(String(why)) ?? 0) + 1)
  }

  #fails(result: FileResult, { name = '', file = '', nesting = 0, details }: TestEvent['data']): void {
    const error = details?.error as { failureType?: string; cause?: unknown } | undefined
    // the test within is told of its own
    if (error?.failureType === 'subtestsFailed') return
    result.failed++
    const parents = result.path.slice(0, nesting)
    const title = name === file ? relative(this.#root, name) : [...parents, name].join(' › ')
    failure(result, title, describe(error?.cause ?? error))
  }

  #paint(style: 'green' | 'red' | 'yellow' | 'dim', text: string): string {
    return this.#colour ? styleText(style, text) : text
  }
}

function newResult(): FileResult {
  return { passed: 0, failed: 0, duration: 0, skipped: new Map(), output: [], failures: [], path: [] }
}

function failure(result: FileResult, title: string, why: string): void {
  result.failures.push(`✗ ${title}\n${indent(why)}`)
}

function describe(error: unknown): string {
  return typeof error === 'string' ? error : inspect(error, { depth: 5, maxStringLength: 4_000 })
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `    ${line}`))
    .join('\n')
}
