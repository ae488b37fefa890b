import { actionFacts, asteriskOf, hasVersion } from '../../catalog/facts.ts'

/** What is known of the server. */
export interface ServerState {
  /** The AMI version that it speaks. */
  readonly version: string
  readonly boot: {
    /** Whether it still boots; `'maybe'`: nothing that this account gets or may ask says so. */
    readonly boots: boolean | 'maybe'
    /** Whether it booted a moment ago, and may lack commands of its CLI. */
    readonly lacksCommands: boolean
    /** Whether `ListCommands` had the action, under this login or the last. */
    lists(action: string): boolean
  }
}

// a caller may send names that are not in the catalog, and any number of them
const MOST_ACTIONS = 1_024
const UNKNOWN = /^Invalid\/unknown command/i
// what is said of a dialplan and of CLI commands that are not there yet (main/manager.c:action_originate,
// manager_dialplan_helper of pbx.c, main/cli.c:ast_cli_command_full)
const ABSENT = /^(?:Extension does not exist|Did not find context|No such command)/i
const NO_COMMAND = /^No such command/i
const DENIED = /^Permission denied/i

/** Knows a refusal that means "not yet" from one that means "no". */
export class NotYet {
  #server: () => ServerState
  /** What the server has done, and under this login. */
  #served = new Set<string>()
  #servedNow = new Set<string>()

  constructor(server: () => ServerState) {
    this.#server = server
  }

  /** Notes that a login was made. */
  loggedIn(): void {
    this.#servedNow = new Set()
  }

  /** Notes that the server did what an action asks for. */
  serves(action: string): void {
    for (const served of [this.#served, this.#servedNow]) {
      if (!served.has(action) && served.size < MOST_ACTIONS) served.add(action)
    }
  }

  /**
   * Whether a refusal may be none a little later. While a module is being loaded or unloaded, its actions are unknown,
   * or are denied to everybody (main/manager.c:process_message).
   */
  means(action: string, text: string): boolean {
    // main/manager.c:process_message, while a graceful shutdown or restart waits for the calls to end
    if (/^Asterisk is shutting down/i.test(text)) return true
    const { boot } = this.#server()
    const { boots } = boot
    const unknown = UNKNOWN.test(text)
    if (!unknown && !DENIED.test(text)) {
      this.serves(action)
      if (boot.lacksCommands && NO_COMMAND.test(text)) return true
      return boots === true || (boots === 'maybe' && ABSENT.test(text))
    }
    if (this.#servedNow.has(action)) return true
    if (unknown && this.#served.has(action) && this.#exists(action) !== false) return true
    if (boots === false) return false
    return this.#served.has(action) || boot.lists(action) || (unknown && this.#exists(action) === true)
  }

  /** Whether the catalog has it for this version of Asterisk; undefined: the catalog does not know it. */
  #exists(action: string): boolean | undefined {
    const facts = actionFacts(action)
    const version = asteriskOf(this.#server().version)
    return facts && (version === undefined || hasVersion(facts, String(version)))
  }
}
