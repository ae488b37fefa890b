import { SaxesParser } from 'saxes'

/** An element, and what stands in it. Text is kept apart from elements: we only ever ask an element for one of them. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

interface Open {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

/** Parses a whole document; throws at the first error in it. */
export function parseXml(text: string): Element {
  const parser = new SaxesParser({ xmlns: false })
  const open: Open[] = []
  let root: Element | undefined
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    open.push({ name, attributes: { ...attributes } as Record<string, string>, children: [], text: '' })
  })
  parser.on('text', (part) => {
    const last = open.at(-1)
    if (last) last.text += part
  })
  parser.on('closetag', () => {
    const closed = open.pop() as Open
    const parent = open.at(-1)
    if (parent) parent.children.push(closed)
    else root = closed
  })
  parser.write(text).close()
  if (!root) throw new Error('an empty document')
  return root
}

/** The children of that name. */
export function childrenOf(element: Element | undefined, name: string): Element[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** The first child of that name. */
export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name)
}

/** Every element of that name below this one, in document order. */
export function* descendants(element: Element, name: string): Generator<Element> {
  for (const child of element.children) {
    if (child.name === name) yield child
    yield* descendants(child, name)
  }
}

/** All the text below an element, in document order as far as facts need it. */
export function fullText(element: Element): string {
  return [element.text, ...element.children.map(fullText)].join(' ')
}
