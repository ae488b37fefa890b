/** Reads a number; `undefined` for what is none. */
export function readNumber(text: string): number | undefined {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? undefined : number
}

/** Reads a boolean in any of the words that Asterisk prints; `undefined` for what is none of them. */
export function readBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (/^(?:yes|y|true|t|on|1)$/.test(word)) return true
  return /^(?:no|n|false|f|off|0)$/.test(word) ? false : undefined
}

/** Reads a point in time: seconds since 1970, or a date with its zone; `undefined` for what is neither. */
export function readDate(text: string): Date | undefined {
  const value = text.trim()
  if (/^\d+(?:\.\d+)?$/.test(value)) return new Date(Math.round(Number(value) * 1000))
  const zoned = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d):?(\d\d)?$/.exec(value)
  if (!zoned) return undefined
  const [, day, time, hours, minutes = '00'] = zoned
  const date = new Date(`${day}T${time}${hours === 'Z' ? 'Z' : `${hours}:${minutes}`}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}
