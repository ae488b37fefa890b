import { isSecretName } from './secret-names.ts'
import { decodeUtf8 } from './text.ts'

// headers whose values are a variable's, or nobody knows what
const carriers = /^(?:Value|Val|Match|Data|Body|Base64Body|Variable)(?:-\d+)?$/i
// shorter texts are found in any words: they are an echo only where they are a word of their own
const SHORT = 4
const WORD = /[\p{L}\p{N}]/u
// so much of what a server says is looked at, and no more can be shown
const MOST = 1_024

/**
 * Returns the beginning of what a server says without the secrets and values that it was sent: a server may echo them.
 * It takes the same time however much is said.
 * @param sent the action, as it was written
 */
export function withoutEchoes(said: string, sent: string): string {
  const values = [...new Set([...valuesOf(sent), ...valuesOf(decodeUtf8(sent))])]
  let text = ''
  let hiddenTo = 0
  for (let at = 0; at < Math.min(said.length, MOST); at++) {
    const before = hiddenTo
    for (const value of values) if (at + value.length > hiddenTo && isAt(said, at, value)) hiddenTo = at + value.length
    if (at >= hiddenTo) text += said[at]
    else if (at >= before) text += '***'
  }
  return said.length > MOST ? `${text}…` : text
}

function isAt(said: string, at: number, value: string): boolean {
  if (!said.startsWith(value, at)) return false
  return value.length >= SHORT || !(WORD.test(said[at - 1] ?? '') || WORD.test(said[at + value.length] ?? ''))
}

/** Returns the values in an action that no log may show. */
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
  return values.filter((value) => value !== '')
}
