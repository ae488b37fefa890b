/**
 * Returns a text with each `${…}` in it replaced, from the inside out: `${NAME}`, `${NAME:from:length}`,
 * `${FUNCTION(…)}` (pbx_variables.c:ast_str_substitute_variables_full). Expressions, `$[…]`, are left as they are.
 */
export function substitute(text: string, read: (name: string) => string | undefined): string {
  let done = ''
  let at = 0
  for (;;) {
    const start = text.indexOf('${', at)
    if (start === -1) return done + text.slice(at)
    const end = closing(text, start + 2)
    done += text.slice(at, start)
    const [name, from, length] = parts(substitute(text.slice(start + 2, end), read))
    done += cut(read(name) ?? '', from, length)
    at = Math.min(text.length, end + 1)
  }
}

function closing(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  return text.length
}

// pbx_variables.c:parse_variable_name: a colon inside parentheses is the function's own
function parts(name: string): [name: string, from: number, length: number | undefined] {
  let depth = 0
  for (let at = 0; at < name.length; at++) {
    if (name[at] === '(') depth++
    else if (name[at] === ')') depth--
    else if (name[at] === ':' && depth === 0) {
      const match = /^\s*(-?\d+)(?::(-?\d+))?/.exec(name.slice(at + 1))
      return [name.slice(0, at), Number(match?.[1] ?? 0), match?.[2] === undefined ? undefined : Number(match[2])]
    }
  }
  return [name, 0, undefined]
}

// pbx_variables.c:substring
function cut(value: string, from: number, length: number | undefined): string {
  const rest = value.slice(from)
  return length === undefined ? rest : rest.slice(0, length)
}
