// A list in pieces, at the pace of whoever reads it: never more than a few ahead of what was acknowledged.
import { Refused } from './refused.ts'

/** How many pieces may be ahead of the reader. */
const AHEAD = 8

/** Lets pieces out as the reader acknowledges them. */
export class FlowWindow {
  #sent = 0
  #acknowledged = 0
  #wake: (() => void) | undefined

  /** Takes an acknowledgement; what acknowledges more than was sent counts nothing. */
  acknowledge(): void {
    if (this.#acknowledged < this.#sent) this.#acknowledged++
    this.#wake?.()
  }

  /** Resolves when one more piece may be sent, with false if that takes too long. */
  async take(milliseconds: number): Promise<boolean> {
    const end = performance.now() + milliseconds
    while (this.#sent - this.#acknowledged >= AHEAD) {
      const left = end - performance.now()
      if (left <= 0) return false
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#sent++
    return true
  }
}

/**
 * Cuts rows into pieces, each the JSON of `{ "rows": […] }`.
 * @param most how many rows a piece has
 * @param mostBytes a piece is sent when it has as many bytes, whatever its rows
 * @throws {Refused} if a row alone has more
 */
export async function* piecesOf(
  rows: AsyncIterable<{ toJSON(): unknown }>,
  most: number,
  mostBytes: number,
): AsyncGenerator<{ readonly text: string; readonly count: number }> {
  let texts: string[] = []
  let bytes = 0
  const piece = () => ({ text: `{"rows":[${texts.join(',')}]}`, count: texts.length })
  for await (const row of rows) {
    const text = JSON.stringify(row.toJSON())
    const length = Buffer.byteLength(text)
    if (length > mostBytes) {
      throw new Refused('GW_TOO_LARGE', `a row must fit into ${mostBytes} bytes, and this one has ${length}`, {
        delivered: 'yes',
      })
    }
    if (texts.length > 0 && bytes + length > mostBytes) {
      yield piece()
      texts = []
      bytes = 0
    }
    texts.push(text)
    bytes += length + 1
    if (texts.length < most) continue
    yield piece()
    texts = []
    bytes = 0
  }
  if (texts.length > 0) yield piece()
}
