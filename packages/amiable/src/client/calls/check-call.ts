import { actionFacts, isParameter } from '../../catalog/facts.ts'
import { checkBoolean, checkDuration, checkRecord, checkSignal, got, gotSecret, unknownName } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { encodeAction, type Params } from '../../wire/encoder.ts'
import { actsTwice } from './action-behaviour.ts'
import type { CallOptions } from './call.ts'

/** What `send` takes. */
type Options = CallOptions & { readonly check?: boolean | undefined }

const KNOWN: Readonly<Record<keyof Options, true>> = {
  signal: true,
  timeout: true,
  variables: true,
  actionId: true,
  retry: true,
  queue: true,
  check: true,
  fence: true,
}

const OPTIONS = Object.keys(KNOWN)

/** The options of a call that is given none: there is nothing to check. */
export const NO_OPTIONS: CallOptions = Object.freeze({})

/** Whether an action has a parameter that is called as an option is; of what the catalog does not know, it may. */
function takes(action: string, option: string): boolean {
  return actionFacts(action) === undefined || isParameter(action, option)
}

/**
 * Checks what a call was given, before anything of it is kept; its headers are checked when they are encoded.
 * @throws {ArgumentError} naming what is wrong
 */
export function checkCall(action: unknown, params: unknown, options: Options): void {
  if (typeof action !== 'string') {
    throw invalid('action', `must be an action's name, as in send('Ping', params), ${got(action)}`)
  }
  if (params !== undefined) {
    if (typeof params === 'function')
      throw invalid('params', 'cannot be a callback: await the promise that is returned')
    checkRecord('params', params, 'an object of headers')
    for (const name of OPTIONS) {
      if ((params as Record<string, unknown>)[name] === undefined || takes(action, name)) continue
      throw invalid(
        name,
        `cannot be a parameter of ${action}: give it as an option, as in send(action, params, { ${name} })`,
      )
    }
  }
  if (options !== NO_OPTIONS) checkCallOptions(options)
}

/**
 * Checks a call before it is made, on any client.
 * @throws {ArgumentError} naming what is wrong
 */
export function checkSendable(action: string, params: Params | undefined, options: Options): void {
  checkCall(action, params, options)
  if (options.retry) checkRetry(action)
  const { actionId = 'x', variables } = options
  encodeAction({ name: action, actionId, params, variables })
}

/**
 * Checks that an action may be sent again.
 * @throws {ArgumentError} if it acts twice then
 */
export function checkRetry(action: string): void {
  if (actsTwice(action)) throw invalid('retry', `cannot be true for ${action}, which would act twice`)
}

/**
 * Checks the options of a call that a helper makes.
 * @param except options of calls that it does not take
 * @throws {ArgumentError} naming the option that is wrong
 */
export function checkHelperOptions(options: Options, except: readonly (keyof Options)[] = []): void {
  checkCallOptions(options)
  for (const name of ['check', ...except] as const) {
    if (options[name] !== undefined) throw invalid(name, 'cannot be an option here')
  }
}

/** Checks a CLI command, and the options of its call. */
export function checkCommand(command: unknown, options: Options): void {
  if (typeof command !== 'string' || command === '') throw invalid('command', `must be a CLI command, ${got(command)}`)
  checkHelperOptions(options)
}

/**
 * Checks the options of a call.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function checkCallOptions(options: Options): void {
  if (typeof options === 'function') {
    throw invalid('options', 'cannot be a callback: await the promise that is returned')
  }
  checkRecord('options', options, 'an object such as { timeout, signal }')
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN, key)) throw unknownName(key, KNOWN)
  }
  const { signal, timeout, actionId, retry, queue, check, fence, variables } = options
  checkSignal('signal', signal)
  if (timeout !== undefined) checkDuration('timeout', timeout)
  if (actionId !== undefined && !(typeof actionId === 'string' && /^[\x21-\x7e]{1,67}$/.test(actionId))) {
    throw invalid('actionId', `must be 1 to 67 printable ASCII characters without a blank, ${got(actionId)}`)
  }
  checkBoolean('retry', retry)
  checkBoolean('queue', queue)
  checkBoolean('check', check)
  checkBoolean('fence', fence)
  if (variables !== undefined && (typeof variables !== 'object' || variables === null)) {
    throw invalid('variables', `must be an object of names and values, or a list of pairs, ${gotSecret(variables)}`)
  }
}
