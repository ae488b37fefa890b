import { availability } from './availability.ts'
import { toParameter, withKind } from './build-actions.ts'
import type { SourceAgi } from './facts/facts.ts'
import type { MergedAgi } from './merge.ts'
import type { AgiCommand, Field } from './model.ts'
import { agiArgumentNames, agiCorrections, agiKinds } from './overlay/agi.ts'
import { isSameField, parameters } from './short.ts'
import type { Overlay } from './stale.ts'

/** What the overlay says of AGI commands; another one only in tests. */
export interface AgiOverlay {
  readonly agiArgumentNames: typeof agiArgumentNames
  readonly agiCorrections: typeof agiCorrections
  readonly agiKinds: typeof agiKinds
}

export const agiOverlay: AgiOverlay = { agiArgumentNames, agiCorrections, agiKinds }

/**
 * Every AGI command: what the documentation says, corrected, beside what its handler does.
 * @throws {Error} if the arguments that are known are not as many as the handler takes
 */
export function buildAgi(
  merged: ReadonlyMap<string, MergedAgi>,
  sources: ReadonlyMap<string, SourceAgi>,
  overlay: AgiOverlay,
  notes: Overlay,
  page: (name: string, documentedIn: readonly string[]) => string,
): AgiCommand[] {
  const documented = [...merged.values()].flatMap((command) => command.parameters.map(({ name }) => name))
  for (const [name, ours] of Object.entries(overlay.agiArgumentNames)) {
    notes.needed('agiArgumentNames', name, documented.includes(name) && name !== ours)
  }
  for (const table of ['agiCorrections', 'agiKinds'] as const) {
    for (const name of Object.keys(overlay[table])) {
      if (!merged.has(name)) notes.stale.push(`${table}: ${name}: no such command`)
    }
  }
  for (const name of sources.keys()) {
    if (!merged.has(name)) throw new Error(`agi.tsv has ${name}, and no documentation does`)
  }
  return [...merged.keys()].sort().map((name) => {
    const command = merged.get(name) as MergedAgi
    const source = sources.get(name)
    if (!source) throw new Error(`${name} is documented, and agi.tsv does not have it`)
    const { versions, ...facts } = source
    const known = argumentsOf(command, overlay, notes)
    check(name, known, facts)
    return {
      name,
      ...availability(name, command.since, versions),
      page: page(name.toLowerCase().replaceAll(' ', '_'), command.documentedIn),
      parameters: known,
      ...facts,
    }
  })
}

function argumentsOf(command: MergedAgi, overlay: AgiOverlay, notes: Overlay): Field[] {
  const { name } = command
  const found = new Map<string, Field>()
  for (const field of command.parameters) {
    const ours = overlay.agiArgumentNames[field.name] ?? field.name
    found.set(ours, { ...toParameter(field), name: ours })
  }
  for (const field of parameters(overlay.agiCorrections[name]?.set ?? '')) {
    const before = found.get(field.name)
    notes.needed('agiCorrections', `${name}: set ${field.name}`, !before || !isSameField(before, field))
    found.set(field.name, field)
  }
  for (const kind of parameters(overlay.agiKinds[name] ?? '')) {
    const before = found.get(kind.name)
    const after = before && withKind(before, kind)
    notes.needed('agiKinds', `${name}: ${kind.name}`, !!before && !!after && !isSameField(before, after))
    if (after) found.set(kind.name, after)
  }
  return [...found.values()]
}

function check(name: string, known: readonly Field[], { least, most }: Pick<AgiCommand, 'least' | 'most'>): void {
  const label = known.find((field) => !/^[a-z]\w*$/i.test(field.name))
  if (label) throw new Error(`${name}: '${label.name}' is no name for an argument: overlay/agi.ts must have another`)
  if (most !== undefined && known.length !== most)
    throw new Error(`${name}: its handler takes ${most} arguments, and ${known.length} are known`)
  if (known.filter(({ required }) => required).length < least)
    throw new Error(`${name}: its handler wants ${least} arguments, and fewer are known to be required`)
  const optional = known.findIndex(({ required }) => !required)
  if (optional !== -1 && known.slice(optional).some(({ required }) => required))
    throw new Error(`${name}: a required argument stands behind an optional one`)
}
