/**
 * Reads number and name of `"Name" <number>`, a number or a name (callerid.c:ast_callerid_parse,
 * ast_shrink_phone_number).
 */
export function readCallerId(text: string): [number: string, name: string] {
  const stripped = text.trim()
  const inner = unquoted(stripped)
  const open = inner.lastIndexOf('<')
  if (open !== -1) {
    const close = inner.lastIndexOf('>')
    const number = inner.slice(open + 1, close > open ? close : undefined)
    return [shrunk(number), unescaped(unquoted(inner.slice(0, open).trim()))]
  }
  const number = shrunk(inner)
  return inner === stripped && /^[\d*#+]+$/.test(number) ? [number, ''] : ['', unescaped(inner)]
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1')
}

function shrunk(number: string): string {
  let brackets = 0
  return [...number]
    .filter((c, at) => {
      if (c === '[') brackets++
      else if (c === ']') brackets--
      if (c === '-') return brackets > 0
      return c === '.' ? at === number.length - 1 : !'( )'.includes(c)
    })
    .join('')
}
