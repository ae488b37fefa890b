import type { Field, Summaries } from '../model.ts'
import { comment, fieldText, isPattern, key, quote } from './text.ts'

/** The properties of an interface of headers: their values are text, and enumerations stay open. */
export function readonlyFields(fields: readonly Field[], summaries: Summaries): string[] {
  return fields.flatMap((field) => {
    // a signature covers the named headers too, so where there are both it has to allow for absent ones
    const optional = field.required || isPattern(field.name) ? '' : '?'
    const type = `${headerType(field)}${isPattern(field.name) ? ' | undefined' : ''}`
    return [
      ...comment(fieldText(field, summaries.headers[field.name]), '  '),
      `  readonly ${key(field.name)}${optional}: ${type}`,
    ]
  })
}

export function headerType({ kind, values }: Field): string {
  const known = values.length > 0 ? values : kind === 'boolean' ? ['Yes', 'No'] : []
  return known.length > 0 ? `${known.map(quote).join(' | ')} | (string & {})` : 'string'
}
