import { ActionError, quoted } from '../../errors.ts'
import { withoutEchoes } from '../../util/echoes.ts'
import { titleOf } from '../../wire/message.ts'
import { type Call, isCommand } from './call.ts'
import { explainRefusal } from './explain-refusal.ts'
import { dialplan, type Modules } from './modules.ts'
import { type KnowsServer, lacksPlace, NotYet } from './not-yet.ts'
import type { Response } from './response.ts'

const NO_COMMAND = 'No such command'
const NO_PLACE = 'There is no existence of'
const NOT_YET = ' (not yet: the server boots or ends, or a module is away)'
const NO_DIALPLAN = ' (not yet: pbx_config.so is not loaded)'
const IS_THERE = ' (not yet: the dialplan had it a moment later)'

/** Knows what the server's refusals mean. */
export class Refusals {
  #source: string
  #host: KnowsServer
  #modules: Modules
  #notYet: NotYet

  constructor(source: string, host: KnowsServer, modules: Modules) {
    this.#source = source
    this.#host = host
    this.#modules = modules
    this.#notYet = new NotYet(host)
  }

  /** Notes that a login was made. */
  loggedIn(): void {
    this.#notYet.loggedIn()
    this.#modules.loggedIn()
  }

  /** Notes that the server did what a call asks for. */
  serves(call: Call): void {
    this.#notYet.serves(call.action)
    const command = commandOf(call)
    if (command !== undefined) this.#notYet.serves(command)
  }

  /**
   * Makes the error of a refusal. Where the dialplan lacks something, the server is asked first whether the module that
   * reads it is away: `decided` is called later then.
   */
  judge(call: Call, response: Response, decided: (error: ActionError) => void): void {
    const said = reasonOf(call, response)
    const retryable = this.#notYet.means(call.action, quoted(said), commandOf(call))
    const more = retryable ? NOT_YET : explainRefusal(call.action, quoted(said), this.#host.link.version)
    const reason = quoted(withoutEchoes(said, call.text))
    const errorOf = (words: string, isRetryable: boolean) =>
      new ActionError(`${this.#source}: ${call.action} was refused: ${reason}${words}`, {
        source: this.#source,
        response,
        retryable: isRetryable,
      })
    const final = errorOf(more, retryable)
    if (retryable || !lacksPlace(call.action, said)) {
      decided(final)
      return
    }
    // a timeout meanwhile says as much
    call.refusal = final
    void this.#dialplanLacks(call, said).then((words) => decided(words === undefined ? final : errorOf(words, true)))
  }

  /** Says why the dialplan lacks a place only for now; undefined where it does not. */
  async #dialplanLacks(call: Call, said: string): Promise<string | undefined> {
    const extra = /^Extra/i.test(said) ? 'Extra' : ''
    const [context, exten, priority] = ['Context', 'Exten(?:sion)?', 'Priority'].map((name) =>
      headerOf(call.text, `${extra}${name}`),
    )
    const place = [context, exten, priority].filter((part) => part !== undefined)
    const reached = call.action.toLowerCase() !== 'blindtransfer'
    const [presence, isThere] = await Promise.all([
      this.#modules.presence(dialplan(context), call.sent ?? 0),
      reached && context !== undefined ? this.#modules.exists(...place) : false,
    ])
    if (isThere) return IS_THERE
    if (presence === 'away') return NO_DIALPLAN
    return presence === 'ending' ? NOT_YET : undefined
  }
}

function headerOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}: ?(.*)$`, 'im').exec(text)?.[1]?.trim() || undefined
}

// the words that choose the command; what follows may be a secret
function commandOf({ action, text }: Call): string | undefined {
  if (!isCommand(action)) return undefined
  return headerOf(text, 'Command')?.split(/\s+/, 3).join(' ') ?? ''
}

// of a command that there is none of Asterisk says so in its output, with the command (main/manager.c:action_command)
function reasonOf({ action }: Call, response: Response): string {
  const reason =
    response.message || (titleOf(response) === 'Error' ? 'no reason given' : `Response: ${titleOf(response)}`)
  if (!isCommand(action)) return reason
  const printed = response.get('Output') ?? ''
  if (printed.startsWith(NO_PLACE)) return printed
  return printed.startsWith(NO_COMMAND) ? NO_COMMAND : reason
}
