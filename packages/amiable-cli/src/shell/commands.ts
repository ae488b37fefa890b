// The lines of a shell that are no verb: how they are read, and what they are for.

/** What one line of a shell means. */
export type Line =
  | { readonly type: 'nothing' }
  | { readonly type: 'quit' }
  | { readonly type: 'help' }
  /** Words of a verb, without `amiable`. */
  | { readonly type: 'verb'; readonly words: readonly string[] }
  /** What stands behind a backslash, and its argument. */
  | { readonly type: 'setting'; readonly name: string; readonly value: string }
  /** Events to show beside; none to end that; `undefined` to say what is shown. */
  | { readonly type: 'watch'; readonly words: readonly string[] | 'off' | undefined }

/** What begins with a backslash. */
export const LIVE_COMMANDS = ['\\c', '\\json', '\\q', '\\timing', '\\watch', '\\x', '\\?']

/** The page of `\?`. */
export const HELP = `VERB …              any verb of amiable, such as: list channels
ACTION Name=value   any action, such as: QueueStatus Queue=sales
! WORDS             a command of Asterisk's console
watch 'Queue*'      shows events beside, with the options of: amiable events
watch off           ends that
\\c CONTEXT          another server
\\json               answers as JSON, or as text again
\\x                  a row of a list as a block, or as a line again
\\timing             how long each took
\\watch 2            the last line again every 2 seconds, until ^C
\\q, exit, ^D        leaves
Tab completes, also names that the server knows. ^R looks in the history.`
