import { toWire } from '../protocol/byte-text.ts'

/** One priority of an extension. */
export interface Step {
  readonly application: string
  readonly data: string
  readonly label: string
  readonly registrar: string
}

// sections of extensions.conf that are no contexts
const options = ['general', 'globals']

/** The priority of a hint (pbx.h:PRIORITY_HINT). */
export const hintPriority = -1

/** The dialplan of the laboratory's real servers, which is what a simulator without one of its own runs. */
export const defaultDialplan = `
[default]
exten => echo,1,Answer()
 same => n,Echo()
 same => n,Hangup()
exten => wait,1,Answer()
 same => n,Wait(60)
 same => n,Hangup()
exten => quick,1,Answer()
 same => n,Set(LABVAR=hello world)
 same => n,UserEvent(Quick,Body: a:b:c,Empty:)
 same => n,Hangup()
exten => busy,1,Busy(1)
exten => congestion,1,Congestion(1)
exten => noanswer,1,Ringing()
 same => n,Wait(60)
 same => n,Hangup()
exten => agi,1,Answer()
 same => n,AGI(agi:async)
 same => n,Hangup()
exten => conf,1,Answer()
 same => n,ConfBridge(100)
exten => park,1,Answer()
 same => n,Park()
exten => q,1,Answer()
 same => n,Queue(support,,,,30)
 same => n,Hangup()
exten => member,1,Answer()
 same => n,Wait(5)
 same => n,Hangup()
exten => dial,1,Dial(Local/member@default/n,10)
exten => vars,1,Answer()
 same => n,Set(A=1)
 same => n,Set(B=two words)
 same => n,Set(C=colon: semi)
 same => n,Wait(1)
 same => n,Hangup()
exten => 700,1,Park()
`

/** A line of a context that is no extension. */
interface Extra {
  readonly kind: 'include' | 'switch' | 'ignorepat'
  readonly value: string
}

/** Contexts, extensions, priorities. Texts are byte strings. */
export class Dialplan {
  readonly contexts = new Map<string, Map<string, Map<number, Step>>>()
  /** `include`, `switch` and `ignorepat` lines of each context. */
  readonly extras = new Map<string, Extra[]>()

  /** Gets a hint that came, or went: then it is undefined. */
  readonly hintWatchers = new Set<(context: string, exten: string, hint: string | undefined) => void>()

  /** Global variables, which a section of that name sets. */
  readonly globals = new Map<string, string>()

  constructor(text: string) {
    this.load(text)
  }

  /** Adds what an `extensions.conf` says: `exten =>`, `same =>`, labels, `n`, hints, comments. Patterns match by `_`. */
  load(text: string): void {
    let context = 'default'
    let exten = ''
    let priority = 0
    for (const raw of toWire(text).split(/\r?\n/)) {
      const line = raw
        .replace(/(^|[^\\]);.*$/, '$1')
        .replace(/\\;/g, ';')
        .trim()
      const section = /^\[([^\]]+)\]/.exec(line)
      if (section !== null) {
        context = section[1]!
        if (!options.includes(context) && !this.contexts.has(context)) this.contexts.set(context, new Map())
        continue
      }
      const global = context === 'globals' ? /^([^=]+?)\s*=>?\s*(.*)$/.exec(line) : null
      if (global !== null) this.globals.set(global[1]!, global[2]!)
      const extra = /^(include|switch|ignorepat)\s*=>?\s*(.*)$/.exec(line)
      if (extra !== null) this.#extra(context, { kind: extra[1] as Extra['kind'], value: extra[2]! })
      const entry = /^(exten|same)\s*=>?\s*(.*)$/.exec(line)
      if (entry === null || options.includes(context)) continue
      let rest = entry[2]!
      if (entry[1] === 'exten') {
        const comma = rest.indexOf(',')
        exten = rest.slice(0, comma).trim()
        rest = rest.slice(comma + 1)
        priority = 0
      }
      const comma = rest.indexOf(',')
      const place = /^(n|\d+|hint)(?:\(([^)]*)\))?$/.exec(rest.slice(0, comma).trim())
      if (place === null) continue
      if (place[1] === 'hint') {
        this.add(context, exten, hintPriority, rest.slice(comma + 1).trim(), '')
        continue
      }
      priority = place[1] === 'n' ? priority + 1 : Number(place[1])
      const call = /^([^(]*)(?:\(([\s\S]*)\))?$/.exec(rest.slice(comma + 1).trim())
      this.add(context, exten, priority, call?.[1]?.trim() ?? '', call?.[2] ?? '', place[2] ?? '')
    }
  }

  add(
    context: string,
    exten: string,
    priority: number,
    application: string,
    data: string,
    label = '',
    registrar = 'pbx_config',
  ): void {
    const extens = this.contexts.get(context) ?? new Map<string, Map<number, Step>>()
    this.contexts.set(context, extens)
    const steps = extens.get(exten) ?? new Map<number, Step>()
    extens.set(exten, steps)
    steps.set(priority, { application, data, label, registrar })
    if (priority === hintPriority) for (const watch of this.hintWatchers) watch(context, exten, application)
  }

  /** Returns every hint, with its context and its extension. */
  *hints(): Generator<[context: string, exten: string, hint: string]> {
    for (const [context, extens] of this.contexts) {
      for (const [exten, steps] of extens) {
        const hint = steps.get(hintPriority)
        if (hint !== undefined) yield [context, exten, hint.application]
      }
    }
  }

  /**
   * Adds an ignore pattern; returns false where the context has that pattern already, or where there is no such
   * context.
   */
  addIgnorePattern(context: string, value: string): boolean {
    if (!this.contexts.has(context) || this.#ignores(context, value)) return false
    this.#extra(context, { kind: 'ignorepat', value })
    return true
  }

  /** Removes an ignore pattern; returns false where the context has no such pattern. */
  removeIgnorePattern(context: string, value: string): boolean {
    if (!this.#ignores(context, value)) return false
    const kept = this.extras.get(context)!.filter((extra) => extra.kind !== 'ignorepat' || extra.value !== value)
    this.extras.set(context, kept)
    return true
  }

  #ignores(context: string, value: string): boolean {
    return this.extras.get(context)?.some((extra) => extra.kind === 'ignorepat' && extra.value === value) ?? false
  }

  #extra(context: string, extra: Extra): void {
    if (!this.contexts.has(context)) this.contexts.set(context, new Map())
    this.extras.set(context, [...(this.extras.get(context) ?? []), extra])
  }

  /** Removes an extension or a priority; returns false where there was nothing to remove. */
  remove(context: string, exten: string, priority?: number): boolean {
    const extens = this.contexts.get(context)
    const steps = extens?.get(exten)
    if (extens === undefined || steps === undefined) return false
    const hint = priority === undefined || priority === hintPriority ? steps.get(hintPriority) : undefined
    if (priority !== undefined && !steps.delete(priority)) return false
    if (priority === undefined || steps.size === 0) extens.delete(exten)
    if (hint !== undefined) for (const watch of this.hintWatchers) watch(context, exten, undefined)
    return true
  }

  /** Removes a context; returns false where there is none of that name. */
  removeContext(context: string): boolean {
    for (const exten of this.contexts.get(context)?.keys() ?? []) this.remove(context, exten)
    this.extras.delete(context)
    return this.contexts.delete(context)
  }

  steps(context: string, exten: string): Map<number, Step> | undefined {
    const extens = this.contexts.get(context)
    const exact = extens?.get(exten)
    if (exact !== undefined || extens === undefined) return exact
    for (const [pattern, steps] of extens) if (pattern.startsWith('_') && matches(pattern, exten)) return steps
    return undefined
  }

  step(context: string, exten: string, priority: number): Step | undefined {
    return this.steps(context, exten)?.get(priority)
  }

  /** Returns a priority by number or label; 0 where there is none. */
  priority(context: string, exten: string, priorityOrLabel: string): number {
    if (/^\d+$/.test(priorityOrLabel)) return Number(priorityOrLabel)
    for (const [priority, step] of this.steps(context, exten) ?? []) if (step.label === priorityOrLabel) return priority
    return 0
  }
}

/** Whether an extension fits a name (pbx.c:ast_extension_match); a pattern begins with `_`. */
export function extensionMatches(name: string, exten: string): boolean {
  return name.startsWith('_') ? matches(name, exten) : name === exten
}

// pbx.c: X is 0-9, Z is 1-9, N is 2-9, `.` is one or more of anything, `!` none or more
function matches(pattern: string, exten: string): boolean {
  const source = pattern
    .slice(1)
    .replace(/[\\^$*+?(){}|]/g, '\\$&')
    .replace(/\./g, '.+')
    .replace(/!/g, '.*')
    .replace(/X/gi, '\\d')
    .replace(/Z/gi, '[1-9]')
    .replace(/N/gi, '[2-9]')
  return new RegExp(`^${source}$`).test(exten)
}
