/** So many at a time; the others wait, first come, first served. */
export class Lane {
  #free: number
  #waiting: (() => void)[] = []

  constructor(size = 1) {
    this.#free = size
  }

  /** Resolves when it is the caller's turn, with what ends the turn. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return () => {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}

/** Runs `work` when it is its turn in all of these lanes. Who asks for several must ask in the same order. */
export async function inLanes<T>(lanes: readonly Lane[], work: () => Promise<T>): Promise<T> {
  const leave = await Promise.all(lanes.map((lane) => lane.take()))
  try {
    return await work()
  } finally {
    for (const end of leave) end()
  }
}
