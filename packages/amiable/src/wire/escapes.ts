const letters: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Undoes `ast_escape_c_alloc` (main/utils.c); an escape it never writes stays as it is. */
export function unescapeC(value: string): string {
  if (!value.includes('\\')) return value
  return value.replace(/\\([abfnrtv\\'"?])/g, (_, letter: string) => letters[letter] ?? letter)
}
