import { availability } from './availability.ts'
import type { SourceAction } from './facts/facts.ts'
import type { MergedAction, MergedField } from './merge.ts'
import type { Action, Behaviour, Effect, Field } from './model.ts'
import { actionCorrections, parameterKinds, phantomActions, replacements, replies } from './overlay/actions.ts'
import { reads, sets, slow, twice } from './overlay/behaviour.ts'
import { endings } from './overlay/endings.ts'
import { type List, lists } from './overlay/lists.ts'
import { headers, isSameField, parameters } from './short.ts'
import type { Overlay } from './stale.ts'

/** What the overlay says of actions; another one only in tests. */
export interface ActionOverlay {
  readonly phantomActions: typeof phantomActions
  readonly actionCorrections: typeof actionCorrections
  readonly parameterKinds: typeof parameterKinds
  readonly lists: typeof lists
  readonly replies: typeof replies
  readonly replacements: typeof replacements
  readonly reads: typeof reads
  readonly sets: typeof sets
  readonly twice: typeof twice
  readonly slow: typeof slow
  readonly endings: typeof endings
}

export const actionOverlay: ActionOverlay = {
  phantomActions,
  actionCorrections,
  parameterKinds,
  lists,
  replies,
  replacements,
  reads,
  sets,
  twice,
  slow,
  endings,
}

const TABLES = [
  'actionCorrections',
  'parameterKinds',
  'lists',
  'replies',
  'replacements',
  'reads',
  'sets',
  'twice',
  'slow',
  'endings',
] as const

/** Every action: what the documentation says, corrected. */
export function buildActions(
  merged: ReadonlyMap<string, MergedAction>,
  sources: ReadonlyMap<string, SourceAction>,
  overlay: ActionOverlay,
  notes: Overlay,
  page: (name: string, documentedIn: readonly string[]) => string,
): Action[] {
  for (const name of Object.keys(overlay.phantomActions)) notes.needed('phantomActions', name, merged.has(name))
  const names = [...merged.keys()].filter((name) => !overlay.phantomActions[name])
  const tables = { ...overlay, reads: named(overlay.reads), sets: named(overlay.sets) }
  for (const table of TABLES) {
    for (const name of Object.keys(tables[table])) {
      if (!merged.has(name)) notes.stale.push(`${table}: ${name}: no such action`)
    }
  }
  return names.sort().map((name) => {
    const documented = merged.get(name) as MergedAction
    const source = sources.get(name)
    if (!source) throw new Error(`${name} is documented, and actions.tsv has no privilege for it`)
    const list = listOf(documented, overlay.lists[name], notes)
    return {
      name,
      ...availability(name, documented.since, source.versions),
      page: page(name, documented.documentedIn),
      parameters: parametersOf(documented, overlay, notes),
      reply: headers(overlay.replies[name] ?? ''),
      rows: list.rows,
      completion: list.completion,
      privileges: source.privileges,
      replacedBy: overlay.replacements[name],
      ...behaviourOf(name, overlay),
    }
  })
}

/** @throws {Error} if nobody has said what the action does, or if two say different things */
function behaviourOf(name: string, overlay: ActionOverlay): Behaviour {
  const judged: Effect[] = []
  if (overlay.reads.includes(name)) judged.push('reads')
  if (overlay.sets.includes(name)) judged.push('sets')
  if (name in overlay.twice) judged.push('twice')
  const [effect] = judged
  if (effect === undefined || judged.length > 1) {
    throw new Error(
      `${name} must be judged once in overlay/behaviour.ts: does it only read, set a state, or act again when it is sent again? (${judged.join(', ') || 'nobody has'})`,
    )
  }
  return { effect, slow: overlay.slow[name]?.slow, ending: overlay.endings[name]?.ending }
}

function named(names: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(names.map((name) => [name, true]))
}

function listOf(documented: MergedAction, list: List | undefined, notes: Overlay): Pick<List, 'rows' | 'completion'> {
  if (!list) return documented
  const said = list.rows.every((row) => documented.rows.includes(row)) && documented.completion === list.completion
  notes.needed('lists', documented.name, !said)
  return list
}

function parametersOf(documented: MergedAction, overlay: ActionOverlay, notes: Overlay): Field[] {
  const { name } = documented
  const correction = overlay.actionCorrections[name]
  const found = new Map<string, Field>()
  for (const field of documented.parameters) {
    // given with the call's options, and not with its parameters
    if (field.name !== 'ActionID') found.set(field.name, toParameter(field))
  }
  for (const dropped of correction?.drop?.split(' ') ?? []) {
    notes.needed('actionCorrections', `${name}: drop ${dropped}`, found.delete(dropped))
  }
  for (const field of parameters(correction?.set ?? '')) {
    const before = found.get(field.name)
    notes.needed('actionCorrections', `${name}: set ${field.name}`, !before || !isSameField(before, field))
    found.set(field.name, { ...field, default: field.default ?? before?.default, absent: before?.absent ?? [] })
  }
  for (const kind of parameters(overlay.parameterKinds[name] ?? '')) {
    const before = found.get(kind.name)
    const after = before && withKind(before, kind)
    notes.needed('parameterKinds', `${name}: ${kind.name}`, !!before && !!after && !isSameField(before, after))
    if (after) found.set(kind.name, after)
  }
  return [...found.values()]
}

/** A parameter as all versions document it. */
export function toParameter(field: MergedField): Field {
  return {
    name: field.name,
    kind: 'text',
    unit: undefined,
    values: field.values,
    open: false,
    required: field.required,
    repeats: field.multiple,
    default: field.default,
    absent: field.absent,
  }
}

/** The field with what the overlay adds to it. */
export function withKind(field: Field, { kind, unit, values, open, repeats }: Field): Field {
  return {
    ...field,
    kind,
    unit,
    repeats: repeats || field.repeats,
    open,
    values: values.length > 0 ? values : field.values,
  }
}
