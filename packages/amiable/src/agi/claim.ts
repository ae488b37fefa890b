/*
 * How one of several programs takes a call. Every program gets the event of a call that has entered AsyncAGI. Each
 * queues a command, Asterisk carries the commands out in one order, and all programs see the results in that order. The
 * program of the first result has the call.
 */
import { got } from '../check.ts'
import { invalid } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'

const PREFIX = 'amiable-claim-'

/** One claim on one call. */
export class Claim {
  /** The CommandID of the claim's command. Its end tells two programs of one name apart. */
  readonly id: string
  readonly won: Promise<boolean>
  /** Whether it is won already: whoever waits for the promise learns of it behind the results that come next. */
  isWon = false
  #decide!: (won: boolean) => void
  #decided = false

  constructor(instance: string) {
    this.id = `${PREFIX}${instance}-${unguessableId()}`
    this.won = new Promise((resolve) => {
      this.#decide = resolve
    })
  }

  /** Takes the CommandID of a result on the call's channel, in Asterisk's order. */
  hear(id: string): void {
    if (!this.#decided && id.startsWith(PREFIX)) this.#end(id === this.id)
  }

  /** Says that the call is gone. */
  lose(): void {
    this.#end(false)
  }

  #end(won: boolean): void {
    if (!this.#decided) this.isWon = won
    this.#decided = true
    this.#decide(won)
  }
}

/** Checks the name by which a program knows its own calls from those of others. */
export function checkInstance(argument: string, value: unknown): void {
  // a CommandID that is no ASCII would vanish from the event, and SET VARIABLE takes it as one word
  if (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)) return
  throw invalid(argument, `must be 1 to 64 letters, digits or ._:- of ASCII, ${got(value)}`)
}
