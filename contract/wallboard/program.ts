// The program `amiable-wallboard` before one Asterisk, and its addresses as a page asks them.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { Target } from '../targets.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/amiable-wallboard/bin/amiable-wallboard.cjs', import.meta.url))
export const TIMEOUT = 30_000
/** One's own phone: an extension that answers and stays. */
export const OWN = 'Local/echo@default'

export type Row = Readonly<Record<string, unknown>> & { readonly key: string; readonly stamp: string }

/** A wallboard as users run it, before one Asterisk. */
export class WallboardProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-'))
  #target: Target
  #lines: readonly string[]
  #child: ChildProcess | undefined
  url = ''
  /** When it last said its address. */
  saidAt = 0

  /** @param more lines of its configuration; without them whoever comes is an admin with a phone */
  constructor(target: Target, more?: readonly string[]) {
    this.#target = target
    const { host, port, username, secret } = target
    writeFileSync(join(this.folder, 'secret'), secret, { mode: 0o600 })
    const asterisk = `{ host: ${host}, port: ${port}, username: ${username}, secret: { file: ${this.folder}/secret } }`
    this.#lines = [
      `asterisks: { pbx1: ${asterisk} }`,
      'calls: { context: default }',
      `auditFile: ${this.folder}/audit.jsonl`,
      ...(more ?? [`signIn: { mode: none, role: admin, device: { server: pbx1, interface: ${OWN} } }`]),
    ]
  }

  /** Adds lines to its configuration. */
  configure(...lines: readonly string[]): void {
    this.#lines = [...this.#lines, ...lines]
  }

  /** @param listen where, as after a kill */
  async start(listen = '127.0.0.1:0'): Promise<void> {
    const file = join(this.folder, 'wallboard.yaml')
    writeFileSync(file, `${[`listen: ${listen}`, ...this.#lines].join('\n')}\n`)
    const child = spawn(process.execPath, [PROGRAM, '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const [url] = /http:\S+/.exec(text) ?? []
        if (!url) return
        this.saidAt = Date.now()
        resolve(url)
      })
      child.once('close', (code) => reject(new Error(`amiable-wallboard ended with ${code}`)))
    })
    await until(`${this.#target.name} on the wallboard`, TIMEOUT, async () => (await fetch(`${this.url}/readyz`)).ok)
  }

  /** Kills it as the kernel does. */
  kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      child.once('close', () => resolve())
      child.kill('SIGKILL')
    })
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async rows(page: string, table: string): Promise<Row[]> {
    const response = await fetch(`${this.url}/api/view?page=${page}`)
    const { tables } = (await response.json()) as { tables: Record<string, Row[]> }
    return tables[table] ?? []
  }

  /** Waits for a row. */
  async row(page: string, table: string, test: (row: Row) => boolean): Promise<Row> {
    let found: Row | undefined
    await until(`a row of ${table}`, TIMEOUT, async () => {
      found = (await this.rows(page, table)).find(test)
      return found !== undefined
    })
    return found as Row
  }

  /** Acts, and waits for what becomes of it. */
  async act(verb: string, row: Partial<Row> | null, params: object = {}): Promise<string> {
    const id = randomUUID()
    const { key = null, stamp } = row ?? {}
    const response = await fetch(`${this.url}/api/act`, {
      method: 'POST',
      headers: { origin: this.url, 'x-amiable': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ id, verb, key, params, ...(stamp !== undefined && { stamp }) }),
    })
    const refusal = (await response.json()) as { code?: string }
    if (response.status !== 202) return `${response.status} ${refusal.code}`
    let outcome: { state?: string; message?: string } = {}
    await until(`the outcome of ${verb}`, TIMEOUT, async () => {
      outcome = (await (await fetch(`${this.url}/api/act/${id}`)).json()) as typeof outcome
      return outcome.state !== 'pending'
    })
    return outcome.message ? `${outcome.state}: ${outcome.message}` : (outcome.state ?? '')
  }
}
