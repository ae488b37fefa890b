// What a test file needs beside Node. It says so in its head: `// needs: asterisk-22`, `asterisk-16`, `both`, `named` (a
// server that the user named) and `alone` (nothing else of the run at the same time), with commas between them.
import { type AsteriskVersion, VERSIONS } from '../servers/asterisk/settings.ts'
import type { RealTarget } from '../servers/asterisk/targets.ts'

export interface Needs {
  /** Which of our real servers it talks to, each for itself alone. */
  readonly servers: readonly AsteriskVersion[]
  readonly named: boolean
  readonly alone: boolean
}

const WORDS = ['asterisk-22', 'asterisk-16', 'both', 'named', 'alone']

/** Reads the line `// needs: …` among the comments that a file begins with. */
export function needsOf(path: string, text: string): Needs {
  const [head = ''] = /^(?:\/\/.*\n)*/.exec(text) ?? []
  const said = /^\/\/ needs: (.*)$/m.exec(head)?.[1]
  const words = said?.split(/[\s,]+/) ?? []
  const strange = words.find((word) => !WORDS.includes(word))
  if (strange !== undefined) throw new Error(`${path} needs '${strange}', which is none of ${WORDS.join(', ')}`)
  const servers = VERSIONS.filter((version) => words.includes('both') || words.includes(`asterisk-${version}`))
  return { servers, named: words.includes('named'), alone: words.includes('alone') }
}

/** Those of the targets that a file needs. */
export function ownTargets(needs: Needs, targets: readonly RealTarget[]): RealTarget[] {
  return targets.filter(({ full, version }) =>
    full ? needs.servers.some((server) => server === version) : needs.named,
  )
}
