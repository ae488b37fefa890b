import { actionFacts, asteriskOf, hasVersion } from '../../catalog/facts.ts'
import { LateMap } from '../../util/late.ts'

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

/** What has a link to the server. */
export interface KnowsServer {
  readonly link: ServerState
}

// a caller may send names that are not in the catalog, and any number of them
const MOST_SUBJECTS = 1_024
const UNKNOWN = /^Invalid\/unknown command/i
// main/cli.c:ast_cli_command_full
const NO_COMMAND = /^No such command/i
const DENIED = /^Permission denied/i
// main/manager.c:process_message, while a graceful shutdown or restart waits for the calls to end; and action_reload
const BUSY = /^(?:Asterisk is shutting down|A reload is in progress)/i
// before the boot is over main/pbx.c:ast_pbx_start runs no dialplan
const NOT_RUN = /^(?:Secondary )?redirect failed$/i

/**
 * What is said of a place in the dialplan that is not there (main/manager.c:action_originate and action_redirect,
 * main/pbx.c:manager_show_dialplan_helper), or cannot be reached (main/bridge.c:blind_transfer_bridge).
 */
const PLACES: Readonly<Record<string, RegExp>> = {
  originate: /^(?:Extension does not exist|Invalid priority)/i,
  redirect: /^(?:Extra)?Priority is invalid/i,
  showdialplan: /^Did not find (?:context|extension)/i,
  blindtransfer: /^Transfer failed/i,
  // main/pbx.c:handle_show_dialplan
  command: /^There is no existence of/i,
}

/** Whether an action was refused for want of a place in the dialplan. */
export function lacksPlace(action: string, text: string): boolean {
  const name = action.toLowerCase()
  return Object.hasOwn(PLACES, name) && PLACES[name]?.test(text) === true
}

/** Knows a refusal that means "not yet" from one that means "no". */
export class NotYet {
  #host: KnowsServer
  #login = 0
  /** The actions and commands that the server has run, by the last login under which it did. */
  #served = new LateMap<string, number>()

  constructor(host: KnowsServer) {
    this.#host = host
  }

  /** Notes that a login was made. */
  loggedIn(): void {
    this.#login++
  }

  /** Notes that the server did what an action, or a command of the CLI, asks for. */
  serves(subject: string): void {
    if (this.#served.get(subject) === this.#login) return
    if (this.#served.size < MOST_SUBJECTS || this.#served.has(subject)) this.#served.set(subject, this.#login)
  }

  /**
   * Whether a refusal may be none a little later. While a module is being loaded or unloaded, its actions are unknown,
   * or are denied to everybody (main/manager.c:process_message).
   * @param command the command of the CLI, if the action runs one
   */
  means(action: string, text: string, command: string | undefined): boolean {
    if (BUSY.test(text)) return true
    const { boot } = this.#host.link
    const { boots } = boot
    if (command !== undefined && NO_COMMAND.test(text)) {
      if (boot.lacksCommands || boots !== false) return true
      return this.#served.get(command) === this.#login
    }
    const unknown = UNKNOWN.test(text)
    if (!unknown && !DENIED.test(text)) {
      this.serves(action)
      return boots === true || (boots === 'maybe' && (NOT_RUN.test(text) || lacksPlace(action, text)))
    }
    if (this.#served.get(action) === this.#login) return true
    const wasThere = this.#served.has(action) || boot.lists(action)
    if (unknown && wasThere && this.#exists(action) !== false) return true
    return boots !== false && (wasThere || (unknown && this.#exists(action) === true))
  }

  /** Whether the catalog has it for this version of Asterisk; undefined: the catalog does not know it. */
  #exists(action: string): boolean | undefined {
    const facts = actionFacts(action)
    const version = asteriskOf(this.#host.link.version)
    return facts && (version === undefined || hasVersion(facts, String(version)))
  }
}
