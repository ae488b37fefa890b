import { jsonLine } from './json.ts'
import { visible } from './visible.ts'
import type { Writer } from './writer.ts'

/** An error as it is printed, and as `-o json` prints it. */
export interface Explained {
  readonly exit: number
  /** A word for programs. */
  readonly code: string
  readonly message: string
  /** What it came from, before the message where that does not begin with it. */
  readonly source?: string | undefined
  readonly delivered?: string | undefined
  /** What to do, one line each. */
  readonly hints: readonly string[]
}

/** Prints an error of a command, as text or as one line of JSON. Returns its exit status. */
export function reportTo(err: Writer, name: string, error: Explained, json: boolean): number {
  const { exit, code, source, message, delivered, hints } = error
  if (json) {
    void err.line(jsonLine({ error: { code, exit, source, message, delivered, hint: hints[0] } }))
    return exit
  }
  const named = source === undefined || message.startsWith(`${source}: `)
  const [first = '', ...rest] = message.split('\n')
  void err.line(`${name}: ${named ? '' : `${visible(source ?? '')}: `}${visible(first)}`)
  for (const line of [...rest, ...hints]) void err.line(`  ${visible(line)}`)
  return exit
}

/** Whether a command line asks for JSON, also where it could not be read. */
export function wantsJson(words: readonly string[]): boolean {
  return (
    words.includes('--json') ||
    words.some((word, at) => /^-o$|^--output$/.test(words[at - 1] ?? '') && /^jsonl?$/.test(word))
  )
}
