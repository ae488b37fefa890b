// A terminal with a shell in it, whose keys a test presses and whose screen it reads.
import { execFile, spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)
/** Milliseconds in which a screen must come to show something: a loaded machine is slow, and what hangs is a failure. */
const MOST = 30_000
const BETWEEN = 40
// without a history file: it would be written when the test removes its folder
const SHELL = "exec env PS1='$ ' HISTFILE= bash --norc --noprofile"

/** Whether this machine has tmux, which is such a terminal. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** A terminal of a size, with `bash` in it. */
export class Terminal implements AsyncDisposable {
  readonly #socket = `amiable-test-${process.pid}-${Math.random().toString(36).slice(2)}`
  readonly #env: NodeJS.ProcessEnv

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = { ...env, TERM: 'xterm-256color' }
  }

  /** Opens one. The prompt is `$ `. */
  static async open(env: NodeJS.ProcessEnv, columns: number, rows: number): Promise<Terminal> {
    const terminal = new Terminal(env)
    const size = ['-x', String(columns), '-y', String(rows)]
    try {
      await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, SHELL)
      await terminal.#tmux('set-option', '-g', 'status', 'off')
      await terminal.#tmux('resize-window', ...size)
      await terminal.shows((screen) => /^\$/m.test(screen))
      return terminal
    } catch (error) {
      await terminal[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Presses keys by tmux's names, such as `C-c`, `Enter` and `q`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  /** Types a text. */
  async write(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text)
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#tmux('send-keys', '-l', line)
    await this.press('Enter')
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What the terminal shows, without blanks at the ends of its lines. */
  async screen(): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p')
    return stdout.replace(/ +$/gm, '').trimEnd()
  }

  /** What the terminal shows, with the escape sequences of its colours and styles. */
  async styledScreen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p', '-e')).stdout
  }

  /** Resolves with the screen once this holds of it. */
  async shows(test: (screen: string) => boolean): Promise<string> {
    const deadline = Date.now() + MOST
    for (;;) {
      const screen = await this.screen()
      if (test(screen)) return screen
      if (Date.now() > deadline) throw new Error(`the screen came to show something else:\n${screen}`)
      await pause(BETWEEN)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux('kill-server').catch(() => {})
  }

  async #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return await execute('tmux', ['-L', this.#socket, ...args], { env: this.#env })
  }
}
