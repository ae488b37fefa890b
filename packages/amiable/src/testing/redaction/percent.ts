/** A text as it reads decoded, and where each of its characters stands in the text that it was decoded from. */
export interface Decoded {
  readonly text: string
  /** One place for each character, and one for the end. */
  readonly places: Uint32Array
}

const encoded = /%[0-9a-f]{2}/i
const codes = /%([0-9a-f]{2})/gi

/** Whether a text holds percent-encoded characters. */
export function isPercentEncoded(text: string): boolean {
  return encoded.test(text)
}

/** Decodes a text that is percent-encoded. */
export function decodePercent(text: string): Decoded {
  const places = new Uint32Array(text.length + 1)
  let decoded = ''
  let from = 0
  const copy = (to: number): void => {
    for (let i = from; i < to; i++) places[decoded.length + i - from] = i
    decoded += text.slice(from, to)
    from = to
  }
  for (const { index, 1: code = '' } of text.matchAll(codes)) {
    copy(index)
    places[decoded.length] = index
    decoded += String.fromCharCode(Number.parseInt(code, 16))
    from = index + 3
  }
  copy(text.length)
  places[decoded.length] = text.length
  return { text: decoded, places }
}

/** Encodes what is not unreserved, as utils.c:ast_uri_encode does. */
export function encodePercent(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.!~*'()]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
