// The checks of `amiable doctor` as they are seen on a real server: each must be found where something is broken, with what
// to do, and be silent where it is sound.
import assert from 'node:assert/strict'
import { CommandLine } from '../../../tools/testbed/command.ts'

/** What doctor prints as JSON of one check. */
interface Finding {
  readonly id: string
  readonly level: 'ok' | 'warn' | 'error' | 'unknown'
  readonly says: string
  readonly fix?: readonly string[]
}

/** Checks that no configuration of a real server, no account and no network can break, with the reason. */
const NEVER_BROKEN: Readonly<Record<string, string>> = {
  V1: 'the version of AMI is compiled into Asterisk, and the catalog knows those of our servers',
  R1: 'it lists what the account may send, and finds no fault',
  N1: 'it counts what comes, and finds no fault',
  F0: 'it says that no other check of the file found anything',
}

/** Runs doctor and returns what it found. */
export async function findings(line: CommandLine, args: readonly string[], env = {}): Promise<readonly Finding[]> {
  const { stdout, stderr } = await line.run(['doctor', '--json', ...args], { env })
  assert.equal(stderr, '', args.join(' '))
  return (JSON.parse(stdout) as [{ findings: Finding[] }])[0].findings
}

/** Collects which checks were seen broken, and which silent. */
export class Checks {
  readonly #broken = new Set<string>()
  readonly #silent = new Set<string>()
  readonly #always: readonly string[]
  readonly #never: Readonly<Record<string, string>>

  /**
   * @param always checks that find something at every login to this server
   * @param never those that find nothing on this one, with the reason
   */
  constructor(always: readonly string[], never: Readonly<Record<string, string>>) {
    this.#always = always
    this.#never = { ...NEVER_BROKEN, ...never }
  }

  /** Sees to it that exactly these checks have found something, and say what to do. */
  broken(what: string, found: readonly Finding[], ...ids: readonly string[]): void {
    const bad = found.filter(({ id, level }) => level !== 'ok' && !(this.#always.includes(id) && !ids.includes(id)))
    assert.deepEqual([...new Set(bad.map(({ id }) => id))].sort(), [...ids].sort(), `${what}: ${text(bad)}`)
    for (const { id, level, fix } of bad) {
      // what cannot be found out has no remedy
      assert.ok(level === 'unknown' || (fix ?? []).length > 0, `${what}: ${id} has no fix`)
      this.#broken.add(id)
    }
  }

  /** Sees to it that nothing was found, and that these checks have been made. */
  silent(what: string, found: readonly Finding[], ...ids: readonly string[]): void {
    const bad = found.filter(({ id, level }) => level !== 'ok' && !this.#always.includes(id))
    assert.deepEqual(bad, [], what)
    for (const id of ids) this.#silent.add(id)
  }

  /** Sees to it that no check was left out. */
  async complete(): Promise<void> {
    using line = new CommandLine()
    const { stdout } = await line.run(['complete', '--', 'doctor', '--explain', ''])
    const all = stdout.trim().split('\n')
    assert.ok(all.length > 40, stdout)
    for (const id of all) {
      assert.ok(
        this.#broken.has(id) !== Object.hasOwn(this.#never, id),
        `${id} was not seen broken, or needs no reason`,
      )
      // Asterisk 16 gets no more security fixes, which nothing can mend
      assert.ok(this.#silent.has(id) || this.#always.includes(id), `${id} was not seen silent`)
    }
  }
}

function text(found: readonly Finding[]): string {
  return found.map(({ id, says }) => `${id} ${says}`).join('; ')
}
