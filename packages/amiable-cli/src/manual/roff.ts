// Pages of a manual in the macros of man(7), which groff and mandoc read.

/** Returns text in which nothing is a macro or an escape. */
export function escaped(text: string): string {
  return (
    text
      .replaceAll('\\', '\\e')
      .replaceAll('-', '\\-')
      .replace(
        /[\u0080-\u{10ffff}]/gu,
        (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
      )
      // a line that begins with one of these would be a macro
      .replace(/^(?=[.'])/gm, '\\&')
  )
}

/** Returns a line of a macro with one argument. */
export function macro(name: string, argument: string): string {
  return `.${name} "${escaped(argument).replaceAll('"', '\\(dq')}"`
}

/** Returns text with its line breaks, as on a terminal. */
export function asItStands(text: string): string[] {
  return ['.nf', escaped(text.trimEnd()), '.fi']
}

/** Returns entries with their descriptions. */
export function entries(list: readonly (readonly [name: string, text: string])[]): string[] {
  return list.flatMap(([name, text]) => ['.TP', macro('B', name), escaped(text)])
}
