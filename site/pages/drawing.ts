// Diagrams of states, drawn when the site is built: a page needs no script and no other server to show them.
import dagre from '@dagrejs/dagre'

const FONT = 13
const LETTER = 7.1

/** Returns a page with its state diagrams drawn. */
export function withDrawings(text: string): string {
  return text.replace(/```mermaid\n(stateDiagram-v2\n[\s\S]*?)```/g, (_, diagram: string) => drawn(diagram))
}

function drawn(diagram: string): string {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 42, edgesep: 18, marginx: 12, marginy: 12 })
  for (const [, from = '', to = '', label = ''] of diagram.matchAll(/^ *(\S+) --> (\S+?)(?:: (.*))?$/gm)) {
    const [start, end] = [from === '[*]' ? '·begin' : from, to === '[*]' ? '·end' : to]
    for (const name of [start, end]) {
      const isDot = name.startsWith('·')
      graph.setNode(name, { width: isDot ? 14 : name.length * LETTER + 32, height: isDot ? 14 : 34 })
    }
    const lines = label === '' ? [] : label.split(', ')
    const width = Math.max(0, ...lines.map((line) => line.length)) * LETTER + 8
    graph.setEdge(
      start,
      end,
      { lines, width, height: lines.length * (FONT + 4), labelpos: 'c' },
      label === '' ? 'none' : label,
    )
  }
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const edges = graph.edges().map((one) => edge(graph.edge(one) as unknown as Edge))
  const nodes = graph.nodes().map((name) => node(name, graph.node(name)))
  const names = graph.nodes().filter((name) => !name.startsWith('·'))
  return [
    `<figure class="diagram" tabindex="0" role="img" aria-label="Diagram of the states ${names.join(', ')}, which the tables below explain">`,
    `<svg viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" aria-hidden="true">`,
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker></defs>',
    ...edges,
    ...nodes,
    '</svg>',
    '</figure>',
  ].join('\n')
}

interface Edge {
  readonly points: readonly { readonly x: number; readonly y: number }[]
  readonly lines: readonly string[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function edge({ points, lines, x, y, width, height }: Edge): string {
  const [first, ...others] = points
  if (first === undefined) return ''
  // through the middles between the points, so that a bend is round
  const curve = others.map((point, at) => {
    const next = others[at + 1]
    if (next === undefined) return `L${round(point.x)} ${round(point.y)}`
    return `Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`
  })
  const path = `<path class="edge" d="M${round(first.x)} ${round(first.y)}${curve.join('')}" marker-end="url(#arrow)"/>`
  if (lines.length === 0) return path
  const top = y - height / 2
  const words = lines.map((line, at) => {
    return `<text x="${round(x)}" y="${round(top + (at + 1) * (FONT + 4) - 4)}">${line}</text>`
  })
  const back = `<rect class="label" x="${round(x - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(height)}"/>`
  return [path, back, ...words].join('')
}

function node(name: string, { x, y, width, height }: { x: number; y: number; width: number; height: number }): string {
  if (name.startsWith('·')) return `<circle class="dot" cx="${round(x)}" cy="${round(y)}" r="6"/>`
  const box = `<rect class="state" x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="8"/>`
  return `${box}<text class="name" x="${round(x)}" y="${round(y + 5)}">${name}</text>`
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '')
}
