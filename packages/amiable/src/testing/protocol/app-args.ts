/**
 * Splits the data of an application at commas outside quotes, parentheses and brackets. Quotes go, and a backslash
 * keeps the next character as it is (main/app.c:__ast_app_separate_args as AST_STANDARD_APP_ARGS uses it).
 * @param most past so many arguments the last one holds the rest as it stands
 */
export function separateArgs(text: string, most: number): string[] {
  const found: string[] = []
  let arg = ''
  let parens = 0
  let brackets = 0
  let quoted = false
  let at = 0
  for (; at < text.length; at++) {
    if (found.length === most - 1) break
    const c = text[at]!
    if (c === '"') {
      quoted = !quoted
      continue
    }
    if (c === '\\') {
      at++
      arg += text[at] ?? ''
      continue
    }
    if (c === ',' && parens === 0 && brackets === 0 && !quoted) {
      found.push(arg)
      arg = ''
      continue
    }
    if (c === '(') parens++
    else if (c === ')') parens = Math.max(0, parens - 1)
    else if (c === '[') brackets++
    else if (c === ']') brackets = Math.max(0, brackets - 1)
    arg += c
  }
  found.push(arg + text.slice(at))
  return text === '' ? [] : found
}
