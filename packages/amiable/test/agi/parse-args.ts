// What Asterisk makes of a line, written from res_agi.c:parse_args and main/app.c:__ast_app_separate_args, not from ours.

/** The words of a line. */
export function parseArgs(line: string): string[] {
  const words: string[] = []
  let quoted = false
  let escaped = false
  let between = true
  for (const char of line) {
    if (char === '"' && !escaped) {
      quoted = !quoted
      if (quoted && between) {
        words.push('')
        between = false
      }
    } else if ((char === ' ' || char === '\t') && !quoted && !escaped) between = true
    else if (char === '\\' && !escaped) escaped = true
    else {
      if (between) words.push('')
      between = false
      words[words.length - 1] += char
      escaped = false
    }
  }
  return words
}

/** The arguments that an application takes its data apart into. */
export function separateArgs(data: string): string[] {
  if (data === '') return []
  const found: string[] = ['']
  let [round, square, quoted] = [0, 0, false]
  for (let at = 0; at < data.length; at++) {
    const char = data[at] as string
    const add = (text: string) => {
      found[found.length - 1] += text
    }
    if (char === '"') quoted = !quoted
    else if (char === '\\') add(data[++at] ?? '')
    else if (char === ',' && round === 0 && square === 0 && !quoted) found.push('')
    else {
      if (char === '(') round++
      else if (char === ')' && round > 0) round--
      else if (char === '[') square++
      else if (char === ']' && square > 0) square--
      add(char)
    }
  }
  return found
}
