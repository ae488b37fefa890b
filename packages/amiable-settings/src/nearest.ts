/** Returns the name that was probably meant, if one of them is near enough. */
export function nearest(given: string, names: Iterable<string>): string | undefined {
  const wanted = given.toLowerCase()
  // one mistake in three letters is the most that is still a slip
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const other = name.toLowerCase()
    if (other === wanted) return name
    if (Math.abs(other.length - wanted.length) > 3) continue
    const distance = distanceOf(wanted, other)
    if (distance <= Math.max(1, Math.floor(wanted.length / 3)) && distance < (best?.distance ?? 4)) {
      best = { name, distance }
    }
  }
  return best?.name
}

/** Returns `; did you mean X?` for the nearest of these names, or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const name = nearest(given, names)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** Counts the letters to insert, drop, change or swap with their neighbour. */
function distanceOf(one: string, other: string): number {
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1
      const cost = (list: readonly number[], at: number) => list[at] as number
      let least = Math.min(cost(last, j) + 1, cost(row, j - 1) + 1, cost(last, j - 1) + same)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, cost(before, j - 2) + 1)
      }
      row.push(least)
    }
    before = last
    last = row
  }
  return last[other.length] as number
}
