import { Includes } from './include.ts'
import { childOf, childrenOf, type Element, fullText } from './xml.ts'

/** A parameter of an action or a header of an event, as one documentation says it. */
export interface DocField {
  readonly name: string
  /** As the documentation says: `true`, `false`, or nothing. */
  readonly required: boolean | undefined
  readonly default: string | undefined
  readonly multiple: boolean
  readonly values: readonly string[]
  /** The prose about it says that it is not always there. */
  readonly conditional: boolean
}

/** A snapshot of a channel or a bridge in an event. */
export interface DocSnapshot {
  readonly kind: 'channel' | 'bridge'
  readonly prefix: string
}

export interface DocAction {
  readonly name: string
  readonly since: readonly string[]
  readonly modules: readonly string[]
  readonly parameters: readonly DocField[]
  /** From `<responses>`, which few actions have. */
  readonly rows: readonly string[]
  readonly completion: string | undefined
}

export interface DocEvent {
  readonly name: string
  readonly since: readonly string[]
  readonly modules: readonly string[]
  readonly classes: readonly string[]
  readonly snapshots: readonly DocSnapshot[]
  readonly headers: readonly DocField[]
}

export interface DocAgi {
  /** In capitals, as a script writes it. */
  readonly name: string
  readonly since: readonly string[]
  readonly parameters: readonly DocField[]
}

/** What the documentation of one Asterisk says. */
export interface Documents {
  readonly actions: ReadonlyMap<string, DocAction>
  readonly events: ReadonlyMap<string, DocEvent>
  readonly agi: ReadonlyMap<string, DocAgi>
  /** Modules that are deprecated, with what replaces them, where it says. */
  readonly deprecated: ReadonlyMap<string, string | undefined>
}

const CONDITIONAL =
  /only (?:present|valid|appear|sent|included|available)|present (?:if|when|with)|if available|not included|suppressed|if provided|^if /i

/** Reads the documentation that an Asterisk ships. */
export function readDocuments(root: Element): Documents {
  const reader = new Reader(new Includes(root))
  for (const node of childrenOf(root, 'manager')) reader.action(node)
  for (const node of childrenOf(root, 'managerEvent')) reader.event(node)
  for (const node of childrenOf(root, 'agi')) reader.agiCommand(node)
  for (const node of childrenOf(root, 'module')) reader.module(node)
  return reader
}

class Reader implements Documents {
  readonly actions = new Map<string, DocAction>()
  readonly events = new Map<string, DocEvent>()
  readonly agi = new Map<string, DocAgi>()
  readonly deprecated = new Map<string, string | undefined>()
  readonly #includes: Includes

  constructor(includes: Includes) {
    this.#includes = includes
  }

  action(node: Element): void {
    const name = node.attributes.name ?? ''
    const syntax = childOf(node, 'syntax')
    let parameters = syntax ? this.#fields(syntax).fields : []
    let rows: readonly string[] = []
    let completion: string | undefined
    const responses = childOf(node, 'responses')
    for (const child of responses ? this.#includes.children(responses) : []) {
      if (child.name === 'list-elements') rows = this.#includes.children(child).map((event) => this.event(event))
      else if (child.name === 'managerEvent') completion = this.event(child)
    }
    const before = this.actions.get(name)
    if (before) {
      parameters = union(before.parameters, parameters)
      rows = [...new Set([...before.rows, ...rows])]
      completion ??= before.completion
    }
    const since = before ? [...new Set([...before.since, ...versions(node)])] : versions(node)
    const modules = [...(before?.modules ?? []), ...moduleOf(node)]
    this.actions.set(name, { name, since, modules, parameters, rows, completion })
  }

  /** Takes an event, wherever it is documented, and gives its name. */
  event(node: Element): string {
    const name = node.attributes.name ?? ''
    for (const instance of childrenOf(node, 'managerEventInstance')) {
      const syntax = childOf(instance, 'syntax')
      const { fields, snapshots } = syntax ? this.#fields(syntax) : { fields: [], snapshots: [] }
      const before = this.events.get(name)
      const flags = (instance.attributes.class ?? '').split('|').map((flag) => flag.trim())
      const classes = flags.filter(Boolean).map((flag) => flag.replace(/^EVENT_FLAG_/, '').toLowerCase())
      const all = [...(before?.snapshots ?? []), ...snapshots]
      this.events.set(name, {
        name,
        since: [...new Set([...(before?.since ?? []), ...versions(instance)])],
        modules: [...new Set([...(before?.modules ?? []), ...moduleOf(node)])],
        classes: [...new Set([...(before?.classes ?? []), ...classes])],
        snapshots: all.filter((one, at) => all.findIndex((other) => same(one, other)) === at),
        headers: before ? union(before.headers, fields) : fields,
      })
    }
    return name
  }

  agiCommand(node: Element): void {
    const name = (node.attributes.name ?? '').toUpperCase()
    const syntax = childOf(node, 'syntax')
    this.agi.set(name, { name, since: versions(node), parameters: syntax ? this.#fields(syntax).fields : [] })
  }

  module(node: Element): void {
    const level = childOf(node, 'support_level')?.text.trim()
    const replacement = childOf(node, 'replacement')?.text.trim()
    if (level === 'deprecated') this.deprecated.set(node.attributes.name ?? '', replacement || undefined)
  }

  #fields(syntax: Element): { fields: DocField[]; snapshots: DocSnapshot[] } {
    const fields: DocField[] = []
    const snapshots: DocSnapshot[] = []
    for (const child of this.#includes.children(syntax)) {
      if (child.name === 'parameter') {
        const before = fields.findIndex((field) => field.name === child.attributes.name)
        if (before === -1) fields.push(this.#field(child))
      } else if (child.name === 'channel_snapshot' || child.name === 'bridge_snapshot') {
        const kind = child.name === 'channel_snapshot' ? 'channel' : 'bridge'
        const snapshot: DocSnapshot = { kind, prefix: child.attributes.prefix ?? '' }
        if (!snapshots.some((other) => same(snapshot, other))) snapshots.push(snapshot)
      }
    }
    return { fields, snapshots }
  }

  #field(node: Element): DocField {
    const { name = '', required, multiple } = node.attributes
    const values: string[] = []
    const prose: string[] = []
    for (const child of this.#includes.children(node)) {
      if (child.name === 'enumlist') {
        for (const one of this.#includes.children(child)) {
          if (one.name === 'enum' && one.attributes.name) values.push(one.attributes.name)
        }
      } else prose.push(fullText(child))
    }
    return {
      name,
      required: required === undefined ? undefined : required === 'true',
      default: node.attributes.default,
      multiple: multiple === 'true' || multiple === 'yes',
      values,
      conditional: CONDITIONAL.test(prose.join(' ').replace(/\s+/g, ' ')),
    }
  }
}

function same(one: DocSnapshot, other: DocSnapshot): boolean {
  return one.kind === other.kind && one.prefix === other.prefix
}

function union(one: readonly DocField[], other: readonly DocField[]): DocField[] {
  return [...one, ...other.filter((field) => !one.some((known) => known.name === field.name))]
}

function versions(node: Element): string[] {
  return childrenOf(childOf(node, 'since'), 'version').map((version) => version.text.trim())
}

function moduleOf(node: Element): string[] {
  const module = node.attributes.module
  return module && module !== 'builtin' ? [module] : []
}
