import type { Catalog, Event, Field } from '../model.ts'
import { PLACE } from '../short.ts'
import { snapshotFields } from './snapshots.ts'

/**
 * `catalog.json` of the command: parameters and headers at run time, which the library knows as types alone. What is
 * usual is left out: text, not required, no listed values.
 */
export function emitFields({ versions, actions, events, summaries }: Catalog): string {
  const catalog = {
    generated: 'by npm run generate; do not edit',
    versions,
    actions: byName(actions, ({ page, parameters, reply }) => ({
      page,
      parameters: parameters.map(plain),
      reply: reply.map(plain),
    })),
    events: byName(events, (event) => ({ page: event.page, headers: headersOf(event) })),
    about: { parameters: summaries.parameters, headers: summaries.headers },
  }
  return `${JSON.stringify(catalog, undefined, 1)}\n`
}

function byName<T extends { readonly name: string }>(all: readonly T[], say: (one: T) => object): object {
  return Object.fromEntries(all.map((one) => [one.name, say(one)]))
}

function headersOf(event: Event): object[] {
  const names = new Set(event.headers.map(({ name }) => name))
  const snapshots = event.snapshots.flatMap(snapshotFields).filter(({ name }) => !names.has(name))
  return [...snapshots, ...event.headers].map(plain)
}

/** `%` in a name stands for any text. */
function plain(field: Pick<Field, 'name' | 'kind' | 'values' | 'required'> & Partial<Field>): object {
  const { name, kind, values, required, unit, open, repeats, absent } = field
  return {
    name: name.replaceAll(PLACE, '%'),
    ...(kind !== 'text' && { kind }),
    ...(values.length > 0 && { values: values.map((value) => value.replaceAll(PLACE, '%')) }),
    ...(values.length > 0 && open && { open }),
    ...(required && { required }),
    ...(repeats && { repeats }),
    ...(unit !== undefined && { unit }),
    ...(field.default !== undefined && { default: field.default }),
    ...(absent !== undefined && absent.length > 0 && { absent }),
  }
}
