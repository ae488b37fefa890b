import { AmiError, type AnyAmiError } from 'amiable'
import { type Explained, SettingsError } from 'amiable-settings'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { messageOf } from './limit-words.ts'

export type { Explained } from 'amiable-settings'

/** What is known of the action that failed. */
export interface About {
  /** Whether it only reads: then nothing can have happened that must not happen twice. */
  readonly reads?: boolean
}

/** Turns whatever was thrown into a message, hints and an exit status. */
export function explain(error: unknown, about: About = {}): Explained {
  const none = { source: undefined, delivered: undefined }
  if (error instanceof CliError) {
    return { ...none, exit: error.exit, code: error.code, message: error.message, hints: error.hints }
  }
  if (error instanceof SettingsError) {
    return { ...none, exit: EXIT.usage, code: error.code, message: error.message, hints: error.hints }
  }
  if (AmiError.is(error)) return ofLibrary(error, about)
  // a file or a port that the system refuses is no fault of this program
  if (error instanceof Error && 'syscall' in error) {
    return { ...none, exit: EXIT.output, code: 'SYSTEM', message: error.message, hints: [] }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    ...none,
    exit: EXIT.bug,
    code: 'BUG',
    message: `this is a fault of amiable itself: ${text}`,
    hints: ['Please report it with these lines.'],
  }
}

function ofLibrary(error: AnyAmiError, about: About): Explained {
  // a client that gave up says so, and why as its cause
  if (error.code === 'AMI_CLOSED' && AmiError.is(error.cause)) return ofLibrary(error.cause, about)
  return {
    exit: exitOf(error, about),
    code: error.code,
    message: messageOf(error),
    source: error.source,
    delivered: 'delivered' in error ? error.delivered : undefined,
    hints: hintsOf(error, about),
  }
}

function exitOf(error: AnyAmiError, { reads = false }: About): number {
  const mayHaveHappened = 'delivered' in error && error.delivered === 'unknown' && !reads
  switch (error.code) {
    case 'AMI_REFUSED':
      return EXIT.refused
    case 'AMI_ARGUMENT':
      return EXIT.usage
    case 'AMI_AUTH':
      return EXIT.login
    case 'AMI_TIMEOUT':
      return mayHaveHappened ? EXIT.unknown : EXIT.late
    case 'AMI_LIMIT':
    case 'AMI_OVERFLOW':
      return EXIT.limit
    case 'AMI_LOST':
      return mayHaveHappened ? EXIT.unknown : EXIT.noConnection
    default:
      return EXIT.noConnection
  }
}

function hintsOf(error: AnyAmiError, about: About): string[] {
  switch (error.code) {
    case 'AMI_CONNECT':
      return [
        'Does Asterisk run there, and does [general] of its manager.conf say enabled = yes and this port?',
        'For amis:// it is the port of tlsbindaddr, with tlsenable = yes.',
      ]
    case 'AMI_AUTH':
      return ['Compare the user name, the secret, and permit and deny with the section in manager.conf.']
    case 'AMI_LOST':
    case 'AMI_TIMEOUT':
      if (exitOf(error, about) !== EXIT.unknown) return []
      return ['The server may have carried it out: look before you repeat it.']
    case 'AMI_OVERFLOW':
      return ['Whatever reads this output is too slow. With --overflow drop-oldest events are dropped and counted.']
    default:
      return []
  }
}
