interface Mark {
  readonly from: number
  to: number
  readonly put: string
}

/** The parts of a text that something else takes the place of. */
export class Marks {
  #marks: Mark[] = []

  get none(): boolean {
    return this.#marks.length === 0
  }

  add(from: number, to: number, put: string): void {
    this.#marks.push({ from, to, put })
  }

  /** Returns what stands in the parts now. */
  parts(text: string): string[] {
    return this.#marks.map(({ from, to }) => text.slice(from, to))
  }

  /** Returns the text with each part replaced; parts that overlap are one. */
  apply(text: string): string {
    if (this.none) return text
    let out = ''
    let at = 0
    let open: Mark | undefined
    for (const mark of this.#marks.sort((one, other) => one.from - other.from || other.to - one.to)) {
      if (open !== undefined && mark.from < open.to) {
        open.to = Math.max(open.to, mark.to)
        continue
      }
      if (open !== undefined) at = open.to
      out += text.slice(at, mark.from) + mark.put
      open = mark
    }
    return out + text.slice(open?.to ?? at)
  }
}
