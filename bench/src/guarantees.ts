/** A guarantee that can be taken out of the sources, to see what it costs. */
export interface Guarantee {
  readonly name: string
  /** What stands in which source, and what it is without the guarantee. */
  readonly edits: readonly (readonly [source: string, now: string, without: string])[]
}

const CALLS = 'client/calls/calls.ts'
const MESSAGE = 'wire/message.ts'

/** What the library guarantees, and did not before issues 12 and 13, as far as an event, a row or an answer pays for it. */
export const GUARANTEES: readonly Guarantee[] = [
  {
    name: 'a kept value keeps no message',
    edits: [
      [
        'util/text.ts',
        "return end - from < 13 ? text.slice(from, end) : [text[from], text.slice(from + 1, end)].join('')",
        'return text.slice(from, end)',
      ],
    ],
  },
  {
    name: 'nobody can guess an id',
    edits: [
      ['util/action-id.ts', 'return ids.slice(next - LENGTH, next)', "return 'amiable-' + next"],
      ['util/action-id.ts', 'if (next === ids.length) {', 'if (next === 0) {'],
    ],
  },
  {
    name: 'a row is one of its list',
    edits: [
      [
        'client/calls/reply-assembly.ts',
        '    const title = titleOf(event)\n    const { rows = []',
        "    if (this.ending === undefined) return event.get('EventList') === undefined ? 'row' : 'end'\n" +
          '    const title = titleOf(event)\n    const { rows = []',
      ],
    ],
  },
  {
    name: 'a Response decides, in its order',
    edits: [
      ['client/calls/correlation.ts', '    if (this.#unproven.size > 0) this.#prove(call)\n', ''],
      ['client/calls/correlation.ts', '      this.#proven = Math.max(this.#proven, call.order)\n', ''],
      ['client/calls/correlation.ts', '    this.#past[this.#pastAt] = call.id\n', ''],
      [
        'wire/decoder.ts',
        "kind === 'response' ? rawHeadAt(text, at) : undefined",
        'undefined as ReturnType<typeof rawHeadAt>',
      ],
    ],
  },
  {
    name: 'all that is held is counted in bytes',
    edits: [
      [CALLS, '    if (call.settled || call.hold(part)) return\n', '    if (call !== undefined) return\n'],
      [CALLS, 'return call.holdText(intake.held) ? undefined', 'return intake.held ? undefined'],
    ],
  },
  {
    name: 'arguments are checked first',
    edits: [[CALLS, '    checkCall(action, params, options)\n', '']],
  },
  {
    name: 'an event has a number, and is found behind a Proxy',
    edits: [
      [MESSAGE, '[SELF]: Message = this\n', '[SELF]!: Message\n'],
      [MESSAGE, '    this.client = origin.intake.mark\n', ''],
      [MESSAGE, '    this.serial = serial\n', ''],
    ],
  },
  {
    name: "an error shows its caller's lines",
    edits: [['client/caller-frames.ts', 'new CallPromise<T>(', 'new Promise<T>(']],
  },
]
