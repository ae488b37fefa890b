/** Makes a test of texts by `*` (any text) and `?` (one character). Its time grows with the text times the pattern. */
export function globOf(pattern: string, ignoreCase = false): (text: string) => boolean {
  const own = ignoreCase ? pattern.toLowerCase() : pattern
  if (!/[*?]/.test(own)) return (text) => (ignoreCase ? text.toLowerCase() : text) === own
  return (text) => fits(own, ignoreCase ? text.toLowerCase() : text)
}

// on a mismatch the last * takes one character more: no pattern makes it try all ways to cut a text
function fits(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star !== -1) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
