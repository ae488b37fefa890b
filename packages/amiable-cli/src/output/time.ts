// How long something took, and when it was.

export const TIMES = ['local', 'utc', 'iso', 'delta', 'none'] as const
export type TimeChoice = (typeof TIMES)[number]

/** Makes the function that prints when something came, from milliseconds since 1970. */
export function clockOf(choice: TimeChoice): (at: number) => string {
  let before: number | undefined
  let day = ''
  return (at) => {
    const date = new Date(at)
    if (choice === 'none') return ''
    if (choice === 'iso') return date.toISOString()
    if (choice === 'delta') {
      const passed = before === undefined ? 0 : at - before
      before = at
      // a clock that was set back
      return `${passed < 0 ? '' : '+'}${(passed / 1000).toFixed(3)}`.padStart(11)
    }
    const iso = (choice === 'utc' ? date : new Date(at - date.getTimezoneOffset() * 60_000)).toISOString()
    const [today = '', clock = ''] = iso.slice(0, -1).split('T')
    // the date stands where it changes, and not before the first
    const changed = day !== '' && day !== today
    day = today
    return changed ? `${today} ${clock}` : clock
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

// what a timer of Node can wait: a longer one would be over at once
const LONGEST = 2 ** 31 - 1

/**
 * Reads `30s`, `5m`, `1h`, `250ms` or plain seconds. Returns milliseconds, or `undefined` if it is none of these or
 * longer than 24 days.
 */
export function durationOf(text: string): number | undefined {
  const [, count = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/.exec(text) ?? []
  const time = count === '' ? Number.NaN : Number(count) * (UNITS[unit] as number)
  return time > 0 && time <= LONGEST ? time : undefined
}

/** Says how long something took: `0.6 ms`, `4.7 s`, `2m39s`, `1h02m`. */
export function spell(milliseconds: number): string {
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  const seconds = Math.floor(milliseconds / 1_000)
  const two = (count: number) => String(count).padStart(2, '0')
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3_600)}h${two(Math.floor((seconds % 3_600) / 60))}m`
}

/** Says how long something takes already: `02:41`, `1:02:41`. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000))
  const two = (count: number) => String(count).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(seconds % 60)}`
}
