// A ladder as a sequence diagram of Mermaid, for a ticket.
import { visible } from '../output/visible.ts'
import type { Lane, Step } from './ladder.ts'

/** Writes a sequence diagram. */
export function mermaidOf(lanes: readonly Lane[], steps: readonly Step[], startedAt: number | undefined): string[] {
  const letter = (place: number) => lanes[place]?.letter ?? ''
  const lines = ['sequenceDiagram']
  for (const { letter, name, who } of lanes) {
    lines.push(`  participant ${letter} as ${plain([name, who].filter((text) => text !== '').join(' '))}`)
  }
  for (const { at, from, to, members, text, kind } of steps) {
    const time = at === undefined || startedAt === undefined ? '' : `${((at - startedAt) / 1_000).toFixed(3)} `
    const says = plain(`${time}${text}`)
    const [first, last] = [members?.[0], members?.at(-1)]
    if (first !== undefined && last !== undefined) lines.push(`  Note over ${letter(first)},${letter(last)}: ${says}`)
    else if (from !== undefined && to !== undefined && from !== to) {
      lines.push(`  ${letter(from)}${kind === 'dial' ? '->>' : '-->>'}${letter(to)}: ${says}`)
    } else if (to !== undefined || from !== undefined) lines.push(`  Note over ${letter(to ?? from ?? 0)}: ${says}`)
  }
  return lines
}

/** Writes what Mermaid, or the HTML that it makes, would read as its own as a character code. */
function plain(text: string): string {
  return visible(text).replace(/[#;<>&"]/g, (char) => `#${char.charCodeAt(0)};`)
}
