import { isSecretName, isTelltale } from '../../util/secret-names.ts'
import { secretArgument, startOfArgument } from './applications.ts'
import { HIDDEN, type Hide } from './find-secrets.ts'

// what only asks names no value
const asks = /^(?:show|list|get|del|delete|deltree|showkey|query|reload|load|unload|status|help|full)$/i

/** Whether a command names a secret: one that is set, or one that is asked for. */
export function namesSecret(command: string): boolean {
  return command.split(/\s+/).some((word) => isSecretName(unquoted(word)))
}

/**
 * Finds the secrets of a command that stand behind their names with nothing but blanks between: `database put frank
 * secret …`, `SET VARIABLE my_pass …`, `EXEC Authenticate …`.
 */
export function findSecretsOfCommand(text: string, from: number, to: number, hide: Hide): void {
  const words = [...text.slice(from, to).matchAll(/\S+/g)]
  if (words.slice(0, 3).some(([word]) => asks.test(word))) return
  for (const [n, [word]] of words.entries()) {
    const next = words[n + 1]
    if (next === undefined) return
    const argument = secretArgument(unquoted(word))
    if (argument === undefined && (/[=:]/.test(word) || !isSecretName(unquoted(word)))) continue
    const start = startOfArgument(text, from + next.index, to, argument ?? 0)
    if (start < to) hide(start, to, HIDDEN)
    return
  }
}

function unquoted(word: string): string {
  return word.replace(/^["']|["']$/g, '')
}

// lists of channels say beside an application, cut at twelve letters, its arguments (cli.c:handle_chanlist)
const running = /\b(?:Authenticate|VMAuthentica(?:te)?|DISA|MeetMe)[ !]+([^ !]*\d[^ !]*)/gi

/** The lines that a command printed, as far as their places say what they hold. */
export class PrintedLines {
  /** The columns of a table whose titles say that secrets stand below. */
  #columns: readonly { readonly from: number; readonly to: number }[] = []

  /** Whether each further line is to be looked at. */
  get inTable(): boolean {
    return this.#columns.length > 0
  }

  /** Takes a line; hides what stands in the columns of secrets, or beside the name of one. */
  line(text: string, from: number, to: number, hide: Hide): void {
    let done = from
    for (const column of this.#columns) {
      const start = Math.max(done, from + column.from)
      if (start >= to) break
      done = Math.max(done, hideCell(text, start, Math.min(from + column.to, to), from, to, hide))
    }
    const line = text.slice(from, to)
    for (const { index, 0: all, 1: argument = '' } of line.matchAll(running)) {
      hide(from + index + all.length - argument.length, from + index + all.length, HIDDEN)
    }
    if (/[:=]/.test(line)) return
    const cells = cellsOf(line)
    const [first, second] = cells
    if (first === undefined || second === undefined) return
    if (cells.length === 2) {
      if (isSecretName(first.text) && !isTelltale(second.text)) hide(from + second.at, to, HIDDEN)
      return
    }
    const columns = cells.flatMap(({ text: title, at }, n) =>
      isSecretName(title) ? [{ from: at, to: cells[n + 1]?.at ?? Number.POSITIVE_INFINITY }] : [],
    )
    if (columns.length > 0) this.#columns = columns
  }
}

/** Returns what stands in a line, separated by two blanks or more. */
function cellsOf(line: string): { readonly at: number; readonly text: string }[] {
  const cells: { at: number; text: string }[] = []
  for (let at = 0; at < line.length; at++) {
    if (isBlank(line, at)) continue
    const gap = line.indexOf('  ', at)
    const end = gap === -1 ? line.length : gap
    cells.push({ at, text: line.slice(at, end).trimEnd() })
    at = end
  }
  return cells
}

/** Hides a cell of a table, with what of it stands beside its column; gives where that ends. */
function hideCell(text: string, start: number, end: number, from: number, to: number, hide: Hide): number {
  let [left, right] = [start, end]
  while (left < right && isBlank(text, left)) left++
  while (right > left && isBlank(text, right - 1)) right--
  if (left >= right || /^[-=]+$/.test(text.slice(left, right)) || isTelltale(text.slice(left, right))) return end
  while (left > from && !isBlank(text, left - 1)) left--
  while (right < to && !isBlank(text, right)) right++
  // as wide as the column, so that the others stay in theirs
  const through = Math.max(right, end)
  hide(left, through, through < to ? HIDDEN.padEnd(through - left) : HIDDEN)
  return through
}

function isBlank(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 32
}
