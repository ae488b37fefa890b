import type { DocAction, DocAgi, DocEvent, DocField, DocSnapshot, Documents } from './documents.ts'

/** The documentation of one version. */
export interface Version {
  readonly name: string
  readonly documents: Documents
}

/** A field as several versions document it. */
export interface MergedField {
  readonly name: string
  /** Every version that documents it says that it is required. */
  readonly required: boolean
  /** A version says that it is not always there. */
  readonly conditional: boolean
  readonly default: string | undefined
  readonly multiple: boolean
  readonly values: readonly string[]
  readonly absent: readonly string[]
}

export interface MergedAction {
  readonly name: string
  readonly documentedIn: readonly string[]
  readonly since: readonly string[]
  readonly parameters: readonly MergedField[]
  readonly rows: readonly string[]
  readonly completion: string | undefined
}

export interface MergedAgi {
  readonly name: string
  readonly documentedIn: readonly string[]
  readonly since: readonly string[]
  readonly parameters: readonly MergedField[]
}

export interface MergedEvent {
  readonly name: string
  readonly documentedIn: readonly string[]
  readonly since: readonly string[]
  readonly classes: readonly string[]
  readonly snapshots: readonly (DocSnapshot & { readonly everywhere: boolean })[]
  readonly headers: readonly MergedField[]
}

/** Puts the actions of all versions together; `versions` newest first, which goes before where they differ. */
export function mergeActions(versions: readonly Version[]): Map<string, MergedAction> {
  return merge(
    versions,
    'actions',
    (name, found: readonly Found<DocAction>[]): MergedAction => ({
      name,
      documentedIn: found.map(({ version }) => version),
      since: found[0]?.item.since ?? [],
      parameters: mergeFields(found.map(({ version, item }) => ({ version, fields: item.parameters }))),
      rows: [...new Set(found.flatMap(({ item }) => item.rows))],
      completion: found.find(({ item }) => item.completion)?.item.completion,
    }),
  )
}

/** Puts the events of all versions together; `versions` newest first, which goes before where they differ. */
export function mergeEvents(versions: readonly Version[]): Map<string, MergedEvent> {
  return merge(versions, 'events', (name, found: readonly Found<DocEvent>[]): MergedEvent => {
    const snapshots: DocSnapshot[] = []
    for (const one of found.flatMap(({ item }) => item.snapshots)) {
      if (!snapshots.some((known) => isSame(known, one))) snapshots.push(one)
    }
    return {
      name,
      documentedIn: found.map(({ version }) => version),
      since: found[0]?.item.since ?? [],
      classes: found[0]?.item.classes ?? [],
      snapshots: snapshots.map((one) => ({
        ...one,
        everywhere: found.every(({ item }) => item.snapshots.some((other) => isSame(one, other))),
      })),
      headers: mergeFields(found.map(({ version, item }) => ({ version, fields: item.headers }))),
    }
  })
}

/** Puts the AGI commands of all versions together; `versions` newest first, which goes before where they differ. */
export function mergeAgi(versions: readonly Version[]): Map<string, MergedAgi> {
  return merge(
    versions,
    'agi',
    (name, found: readonly Found<DocAgi>[]): MergedAgi => ({
      name,
      documentedIn: found.map(({ version }) => version),
      since: found[0]?.item.since ?? [],
      parameters: mergeFields(found.map(({ version, item }) => ({ version, fields: item.parameters }))),
    }),
  )
}

interface Found<T> {
  readonly version: string
  readonly item: T
}

function merge<T, M>(
  versions: readonly Version[],
  what: 'actions' | 'events' | 'agi',
  combine: (name: string, found: readonly Found<T>[]) => M,
): Map<string, M> {
  const maps = versions.map(({ name, documents }) => ({
    name,
    map: documents[what] as unknown as ReadonlyMap<string, T>,
  }))
  const names = [...new Set(maps.flatMap(({ map }) => [...map.keys()]))]
  return new Map(
    names.map((name) => {
      const found = maps.flatMap((one) => {
        const item = one.map.get(name)
        return item ? [{ version: one.name, item }] : []
      })
      return [name, combine(name, found)]
    }),
  )
}

function mergeFields(found: readonly { version: string; fields: readonly DocField[] }[]): MergedField[] {
  const names = [...new Set(found.flatMap(({ fields }) => fields.map((field) => field.name)))]
  return names.map((name) => {
    const each = found.map(({ version, fields }) => ({ version, field: fields.find((field) => field.name === name) }))
    const documented = each.flatMap(({ field }) => (field ? [field] : []))
    return {
      name,
      required: documented.every((field) => field.required === true),
      conditional: documented.some((field) => field.required === false || field.conditional),
      default: documented.find((field) => field.default !== undefined)?.default,
      multiple: documented.some((field) => field.multiple),
      values: [...new Set(documented.flatMap((field) => field.values))],
      absent: each.flatMap(({ version, field }) => (field ? [] : [version])),
    }
  })
}

function isSame(one: DocSnapshot, other: DocSnapshot): boolean {
  return one.kind === other.kind && one.prefix === other.prefix
}
