import type { RawResponse } from './types.ts'

/** The lines that a CLI command printed (main/manager.c:action_command). */
export function commandOutput(response: RawResponse): string[] {
  const output = response.getAll('Output')
  // a command that prints nothing is answered with one empty line
  if (output.length > 0) return output.length === 1 && output[0] === '' ? [] : output
  return followsOutput(response)
}

// before Asterisk 14: headers, then the output as it is, then a mark that is glued to a last line without an end
function followsOutput(response: RawResponse): string[] {
  const end = '--END COMMAND--'
  const body = response.headers
    .slice(1)
    .filter(([name]) => name !== 'Privilege' && name !== 'ActionID')
    .map(([name, value]) => (value === '' ? name : `${name}: ${value}`))
    .join('\r\n')
  if (!body.endsWith(end)) return []
  const text = body.slice(0, -end.length).replace(/\n$/, '')
  return text === '' ? [] : text.split(/\r?\n/)
}
