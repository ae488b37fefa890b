// node --import tsx tools/build/lifecycle-diagram.ts: writes the diagram of docs/reference/lifecycle.md from the transition table.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type State, transitions } from '../../packages/amiable/src/link/machine.ts'

export const LIFECYCLE = fileURLToPath(new URL('../../docs/reference/lifecycle.md', import.meta.url))
const DIAGRAM = /```mermaid\n[\s\S]*?```/

/** The transition table as a mermaid diagram: one arrow for each pair of states, with the inputs that take it. */
export function diagram(): string {
  const arrows = (Object.keys(transitions) as State[]).flatMap((from) => {
    const inputs = new Map<State, string[]>()
    for (const [input, { state: to }] of Object.entries(transitions[from])) {
      inputs.set(to, [...(inputs.get(to) ?? []), input])
    }
    return [...inputs].map(([to, names]) => `  ${from} --> ${to}: ${names.join(', ')}`)
  })
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> idle', ...arrows, '  closed --> [*]', '```'].join('\n')
}

/** The page with the diagram of today. */
export function withDiagram(page: string): string {
  return page.replace(DIAGRAM, diagram)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(LIFECYCLE, withDiagram(readFileSync(LIFECYCLE, 'utf8')))
}
