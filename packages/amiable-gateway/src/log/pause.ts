/** A wait that can be ended early. */
export class Pause {
  #end: (() => void) | undefined

  /** Waits so many milliseconds, or until somebody calls `end`. */
  wait(time: number): Promise<undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), time)
      this.#end = () => {
        clearTimeout(timer)
        this.#end = undefined
        resolve(undefined)
      }
    })
  }

  end(): void {
    this.#end?.()
  }
}
