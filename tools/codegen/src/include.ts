import type { Element } from './xml.ts'

/*
 * Asterisk ships its documentation with the includes unresolved. Each names its target by an XPath of a narrow dialect:
 * a path from the root, with at most one test a step: [@name='X'], [contains(@name, 'X')], [2].
 * All that a fact can come from is a parameter, an enumlist, a whole event or a literal: so `synopsis/node()`, the text
 * of a configuration option's summary, resolves to the elements in it.
 */

interface Step {
  readonly name: string
  readonly attribute?: string
  readonly contains?: string
  readonly index?: number
}

const STEP = /^([\w-]+|node\(\))(?:\[(?:@name\s*=\s*'([^']*)'|contains\(@name,\s*'([^']*)'\)|(\d+))\])?$/

/** Resolves includes against one document. */
export class Includes {
  readonly #root: Element
  readonly #done = new Map<Element, readonly Element[]>()

  constructor(root: Element) {
    this.#root = root
  }

  /** The element's children with every include among them replaced by what it names, to any depth. */
  children(element: Element): readonly Element[] {
    let resolved = this.#done.get(element)
    if (!resolved) {
      resolved = element.children.flatMap((child) => (child.name === 'xi:include' ? this.#resolve(child, []) : [child]))
      this.#done.set(element, resolved)
    }
    return resolved
  }

  #resolve(include: Element, trail: readonly string[]): Element[] {
    const pointer = include.attributes.xpointer ?? ''
    if (trail.includes(pointer))
      throw new Error(`includes that include each other: ${[...trail, pointer].join(' -> ')}`)
    const found = select(this.#root, pointer)
    if (found.length === 0) throw new Error(`nothing at ${pointer}`)
    return found.flatMap((element) =>
      element.name === 'xi:include' ? this.#resolve(element, [...trail, pointer]) : [element],
    )
  }
}

/** The elements that an `xpointer(…)` names. */
export function select(root: Element, pointer: string): Element[] {
  const path = /^xpointer\((.*)\)$/.exec(pointer)?.[1]
  const [first, ...steps] = (path ?? '')
    .replace(/^\//, '')
    .split('/')
    .map((step) => parseStep(step, pointer))
  if (!first || first.name !== root.name) throw new Error(`an include in a form that is not known: ${pointer}`)
  return steps.reduce<Element[]>((elements, step) => elements.flatMap((element) => take(element, step)), [root])
}

function parseStep(text: string, pointer: string): Step {
  const match = STEP.exec(text)
  if (!match?.[1]) throw new Error(`an include in a form that is not known: ${pointer}`)
  const [, name, attribute, contains, index] = match
  return {
    name,
    ...(attribute !== undefined && { attribute }),
    ...(contains !== undefined && { contains }),
    ...(index !== undefined && { index: Number(index) }),
  }
}

function take(element: Element, step: Step): Element[] {
  const found = element.children.filter((child) => {
    if (step.name !== 'node()' && child.name !== step.name) return false
    const name = child.attributes.name ?? ''
    return (
      (step.attribute === undefined || name === step.attribute) &&
      (step.contains === undefined || name.includes(step.contains))
    )
  })
  if (step.index === undefined) return found
  const one = found[step.index - 1]
  return one ? [one] : []
}
