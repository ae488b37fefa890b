import { isSecretName } from './secret-names.ts'
import { decodeUtf8 } from './text.ts'

// headers whose values are a variable's, or nobody knows what
const carriers = /^(?:Value|Val|Match|Data|Body|Base64Body|Variable)(?:-\d+)?$/i
// shorter texts are found in any words
const SHORTEST = 4

/**
 * Takes out of what a server says the secrets and values that it was sent: a server may echo them.
 * @param sent the action, as it was written
 */
export function withoutEchoes(said: string, sent: string): string {
  let text = said
  for (const value of new Set([...valuesOf(sent), ...valuesOf(decodeUtf8(sent))])) text = text.replaceAll(value, '***')
  return text
}

/** The values in an action that no log may show, the longest first: one may be a part of another. */
function valuesOf(sent: string): string[] {
  const values = sent.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(': ')
    const name = line.slice(0, colon)
    const value = line.slice(colon + 2)
    if (colon === -1 || !(carriers.test(name) || isSecretName(name))) return []
    if (name !== 'Variable') return [value]
    const escaped = value.slice(value.indexOf('=') + 1)
    return [escaped, escaped.replace(/\\(.)/g, '$1')]
  })
  return values.filter(({ length }) => length >= SHORTEST).sort((one, other) => other.length - one.length)
}
