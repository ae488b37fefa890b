import type { Channel } from '../../model/channel.ts'
import type { Input, Listener } from '../../model/frames.ts'
import type { World } from '../../model/world.ts'
import type { Pbx } from '../pbx.ts'

/** One AGI on one channel, as the handlers of its commands see it (include/asterisk/agi.h:AGI). */
export interface AgiCall {
  readonly world: World
  readonly channel: Channel
  readonly pbx: Pbx
  /** Where the next command comes from: what is to be read there ends a prompt. Only in FastAGI. */
  readonly input: Input | undefined
  /** Writes to whoever sent the command. */
  send(text: string): void
}

/** What a handler is given: the words behind the command's name, and ears for the time that it takes. */
export interface Command {
  readonly call: AgiCall
  readonly args: readonly string[]
  readonly ears: Listener
}

/** What a handler returns (RESULT_SUCCESS, _SHOWUSAGE, _FAILURE and ASYNC_AGI_BREAK). */
export type Returned = 'success' | 'usage' | 'failure' | 'break' | 'unknown'

/** Runs one command; it has written its answer when it returns, and none where a new command ended it. */
export type Handler = (command: Command) => Returned | Promise<Returned>

/** A command with what res_agi.c knows of it. */
export interface Known {
  readonly run: Handler
  /** How many words may follow its name. */
  readonly least: number
  readonly most: number
  /** It works on a dead channel. */
  readonly dead: boolean
}

/** Writes `200 result=…`; less than 0 is RESULT_FAILURE, as most handlers have it. */
export function answer({ call }: Command, result: number, more = ''): Returned {
  call.send(`200 result=${result}${more}\n`)
  return result >= 0 ? 'success' : 'failure'
}

/** Writes `200 result=…`, and is a success whatever it says. */
export function say({ call }: Command, result: number | string): Returned {
  call.send(`200 result=${result}\n`)
  return 'success'
}

/** Reads a whole number as sscanf's `%d` does: blanks, a sign, digits, and nothing of what follows. */
export function scanned(text: string | undefined): number | undefined {
  const match = /^\s*([+-]?\d+)/.exec(text ?? '')
  return match === null ? undefined : Number(match[1])
}

/** Reads a whole number as atoi does: 0 where there is none. */
export function atoi(text: string | undefined): number {
  return scanned(text) ?? 0
}
