import type { Explained } from '../errors/explain.ts'
import type { Io } from '../io.ts'
import { jsonLine } from './json.ts'
import { visible } from './visible.ts'

/** Prints an error on standard error, as text or as one line of JSON. Returns its exit status. */
export function report(io: Pick<Io, 'err'>, error: Explained, json: boolean): number {
  if (json) {
    const { exit, code, source, message, delivered, hints } = error
    void io.err.line(jsonLine({ error: { code, exit, source, message, delivered, hint: hints[0] } }))
    return exit
  }
  const named = error.source === undefined || error.message.startsWith(`${error.source}: `)
  const [first = '', ...rest] = error.message.split('\n')
  void io.err.line(`amiable: ${named ? '' : `${visible(error.source ?? '')}: `}${visible(first)}`)
  for (const line of [...rest, ...error.hints]) void io.err.line(`  ${visible(line)}`)
  return error.exit
}
