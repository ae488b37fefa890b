// What each page of the wallboard must show, worked out from `snapshot()` alone: it shares nothing with the wallboard but
// its words and the classes of its document.
import assert from 'node:assert/strict'
import type { Call, Member, Party, Queue, Snapshot } from 'amiable/state'
import type { Page } from 'playwright-core'

/** Rows of a page: what names them, and what is read of each. A field `@data-row` is an attribute of the row itself. */
interface Place {
  readonly rows: string
  readonly fields: readonly string[]
}

/** One page as it must look. */
export interface Sight {
  readonly name: string
  readonly address: string
  readonly places: readonly Place[]
  /** Returns the texts of each place. */
  wanted(snapshot: Snapshot): readonly Texts[]
}

type Texts = readonly (readonly (string | null)[])[]

const STATES: Readonly<Record<Member['state'], string>> = {
  ready: 'Ready',
  ringing: 'Ringing',
  'in call': 'In call',
  'on another call': 'Other call',
  'wrap-up': 'Wrap-up',
  paused: 'Paused',
  unavailable: 'Away',
}

const PHASES: Readonly<Record<Call['phase'], string>> = {
  dialing: 'Dialing',
  ringing: 'Ringing',
  queued: 'In a queue',
  up: 'Talking',
  held: 'On hold',
  parked: 'Parked',
  conference: 'Conference',
  ended: 'Ended',
}

const DEVICES: Readonly<Record<string, string>> = {
  notInUse: 'Idle',
  inUse: 'In use',
  busy: 'Busy',
  ringing: 'Ringing',
  ringInUse: 'In use, rings',
  onHold: 'On hold',
  unavailable: 'Unavailable',
  invalid: 'Invalid',
  unknown: 'Unknown',
}

// whoever talks in one queue talks in all
const BUSIEST: readonly Member['state'][] = [
  'in call',
  'ringing',
  'on another call',
  'wrap-up',
  'ready',
  'paused',
  'unavailable',
]

/** A big screen with a tile of each kind that depends on Asterisk, as a configuration has it. */
export const BOARD = {
  title: 'Hall',
  masked: false,
  tiles: [
    { type: 'figure', figure: 'waiting', x: 0, y: 0, w: 4, h: 2 },
    { type: 'queue', queue: 'support', x: 4, y: 0, w: 4, h: 2 },
    { type: 'callers', x: 8, y: 0, w: 4, h: 2 },
    { type: 'agents', x: 0, y: 2, w: 12, h: 3 },
    { type: 'chart', x: 0, y: 5, w: 12, h: 1 },
  ],
} as const

/** What a sight depends on beside the snapshot. */
interface SightOptions {
  /** What the wallboard calls the Asterisk. */
  readonly server: string
  /** Endpoints that its configuration calls trunks. */
  readonly trunks?: readonly string[]
  /** The phone of whoever looks. */
  readonly device?: string
  /** The address of a board made of `BOARD`. */
  readonly board?: string
  /** The queue that is opened. @default support */
  readonly queue?: string
  /** The call that is opened. */
  readonly call?: string
  /** Whether one sees calls that are parked, and not of one's own queues. @default true */
  readonly seesParked?: boolean
}

const NOTHING_OLD: Place = { rows: '.stale, .band', fields: [] }

/** Returns how the pages must look. */
export function sightsOf(options: SightOptions): readonly Sight[] {
  const { server, trunks = [], device, board, queue: opened = 'support', call } = options
  const key = (id: string) => `${server}/${id}`
  const isTrunk = (name: string) => trunks.includes(name)
  const sights: Sight[] = [
    {
      name: 'queues',
      address: '/#/queues',
      places: [
        { rows: '.queue-card', fields: ['h2', '.big strong', '.legend'] },
        { rows: '.figures', fields: ['div:first-child dd'] },
      ],
      wanted: ({ queues }) => [
        queues.map((queue) => [queue.name, String(queue.callers.length), legendOf(queue)]),
        [[String(queues.reduce((sum, { callers }) => sum + callers.length, 0))]],
      ],
    },
    {
      name: 'open queue',
      address: `/#/queues?open=${encodeURIComponent(key(opened))}`,
      places: [
        {
          rows: '.open-queue .columns > div:nth-child(1) tbody tr',
          fields: ['td:nth-child(1)', 'td:nth-child(2)', 'td:nth-child(4)'],
        },
        {
          rows: '.open-queue .columns > div:nth-child(2) tbody tr',
          fields: ['td:nth-child(1) .name', '.state', 'td:nth-child(4)'],
        },
      ],
      wanted: ({ queues }) => {
        const { callers, members } = queues.find(({ name }) => name === opened) as Queue
        return [
          callers.map(({ position, party, priority }) => [String(position), who(party), String(priority ?? '–')]),
          members.map(({ name, state, calls }) => [name, STATES[state], String(calls)]),
        ]
      },
    },
    {
      name: 'agents',
      address: '/#/agents',
      places: [{ rows: '.tile', fields: ['@data-row', '.who-line > .name', '.state'] }],
      wanted: (snapshot) => [
        [...peopleOf(snapshot)].map(([device, members]) => [key(device), members[0]?.name ?? '', stateOf(members)]),
      ],
    },
    {
      name: 'calls',
      address: '/#/calls',
      places: [{ rows: '.call-table [data-row]', fields: ['@data-row', '.state'] }],
      wanted: ({ calls }) => [living(calls).map(({ id, phase }) => [key(id), PHASES[phase]])],
    },
    {
      name: 'lines',
      address: '/#/lines',
      places: [
        {
          rows: '.table-wrap tbody tr',
          fields: ['td:nth-child(1)', 'td:nth-child(2) .state', 'td:nth-child(6)', 'td:nth-child(8)'],
        },
        { rows: '.trunk', fields: ['h3'] },
      ],
      wanted: ({ endpoints, trunks: registered, channels }) => [
        endpoints
          .filter(({ name }) => !isTrunk(name))
          .map(({ name, state }) => [
            name,
            DEVICES[state] ?? state,
            String(channels.filter((channel) => channel.device === `PJSIP/${name}`).length),
            server,
          ]),
        [
          ...new Set([
            ...registered.map(({ name }) => name),
            ...endpoints.map(({ name }) => name).filter((name) => isTrunk(name)),
          ]),
        ].map((name) => [name]),
      ],
    },
    {
      name: 'rooms',
      address: '/#/rooms',
      places: [
        { rows: '.room', fields: ['h3', '.room-line strong', '.room-line .state-paused'] },
        { rows: '.parties li', fields: ['.who', '.unseen'] },
        { rows: '.parked', fields: ['.space strong', '.who'] },
      ],
      wanted: ({ rooms, parking }) => [
        rooms.map(({ name, parties, locked }) => [name, String(parties.length), locked === true ? 'locked' : null]),
        rooms.flatMap(({ parties }) =>
          parties.map(({ party, muted, talking }) => [
            who(party),
            `${muted ? 'muted' : ''} ${talking ? 'talks' : ''}`.trim(),
          ]),
        ),
        parking.map(({ space, party }) => [space, who(party)]),
      ],
    },
  ]
  if (device !== undefined) sights.push(phoneOf(device, key, options.seesParked ?? true))
  if (board !== undefined) sights.push(boardOf(board))
  if (call !== undefined) {
    sights.push({
      name: 'open call',
      address: `/#/calls?open=${encodeURIComponent(key(call))}`,
      places: [
        { rows: '.call-card > header', fields: ['.state'] },
        { rows: '.lane:not(.ended)', fields: ['@data-row', '.lane-who > .small'] },
      ],
      wanted: ({ calls, channels }) => {
        const { phase, legs } = calls.find(({ id }) => id === call) as Call
        const own = channels.filter(({ id }) => legs.some(({ channel }) => channel === id))
        return [[[PHASES[phase]]], own.map(({ id, name }) => [key(id), name])]
      },
    })
  }
  return sights.map((sight) => ({
    ...sight,
    places: [...sight.places, NOTHING_OLD],
    wanted: (snapshot) => [...sight.wanted(snapshot), []],
  }))
}

function phoneOf(device: string, key: (id: string) => string, seesParked: boolean): Sight {
  return {
    name: 'my phone',
    address: '/#/phone',
    places: [
      { rows: '.me', fields: ['.me-state .state'] },
      { rows: '.my-queues li', fields: ['.name', 'strong'] },
      { rows: '.current > li[data-row]', fields: ['@data-row'] },
      { rows: '.current > li:not([data-row])', fields: ['.state'] },
      { rows: '.parked', fields: ['.space strong'] },
    ],
    wanted: (snapshot) => {
      const { queues, channels, calls, parking } = snapshot
      const members = peopleOf(snapshot).get(device)
      const legs = channels.filter((channel) => channel.device === device)
      return [
        members === undefined ? [] : [[stateOf(members)]],
        queues
          .filter((queue) => queue.members.some((member) => member.interface === device))
          .map(({ name, callers }) => [name, `${callers.length} waiting`]),
        legs.map(({ id }) => [key(id)]),
        living(calls)
          .filter(({ id }) => legs.some((leg) => leg.call === id))
          .map(({ phase }) => [PHASES[phase]]),
        seesParked ? parking.map(({ space }) => [space]) : [],
      ]
    },
  }
}

function boardOf(address: string): Sight {
  return {
    name: 'board',
    address,
    places: [
      { rows: '.of-figure', fields: ['.wall-number'] },
      { rows: '.of-queue', fields: ['.wall-title', '.wall-number', '.legend'] },
      { rows: '.wall-callers li', fields: ['.name', '.soft'] },
      { rows: '.wall-agent', fields: ['.name', '.unseen'] },
    ],
    wanted: (snapshot) => {
      const { queues } = snapshot
      const support = queues.find(({ name }) => name === 'support') as Queue
      const callers = queues.flatMap((queue) => queue.callers.map((caller) => ({ ...caller, queue: queue.name })))
      return [
        [[String(callers.length)]],
        [[support.name, String(support.callers.length), legendOf(support)]],
        callers.map(({ party, queue }) => [party.name || party.number || '', queue]),
        [...peopleOf(snapshot).values()].map((members) => [members[0]?.name ?? '', stateOf(members)]),
      ]
    },
  }
}

function living(calls: readonly Call[]): Call[] {
  return calls.filter(({ phase }) => phase !== 'ended')
}

function who({ name, number }: Party): string {
  return name && name !== number ? `${name} ${number ?? ''}`.trim() : (number ?? '–')
}

function legendOf({ members }: Queue): string {
  return Object.entries(STATES)
    .map(([state, word]) => [word, members.filter((member) => member.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${word}: ${count}`)
    .join('')
}

/** Returns the memberships of each device. */
function peopleOf({ queues }: Snapshot): Map<string, Member[]> {
  const people = new Map<string, Member[]>()
  for (const member of queues.flatMap(({ members }) => members)) {
    people.set(member.interface, [...(people.get(member.interface) ?? []), member])
  }
  return people
}

function stateOf(members: readonly Member[]): string {
  return STATES[BUSIEST.find((state) => members.some((member) => member.state === state)) ?? 'unavailable']
}

// runs in the browser
const READ = `(places) => {
  for (const hops of document.querySelectorAll('.hops[aria-pressed=false]')) hops.click()
  const text = (row, field) =>
    field[0] === '@' ? row.getAttribute(field.slice(1)) : (row.querySelector(field)?.textContent.trim() ?? null)
  return places.map(({ rows, fields }) =>
    [...document.querySelectorAll(rows)].map((row) => fields.map((field) => text(row, field))).map((row) => JSON.stringify(row)).sort())
}`

/** Goes to the page, as somebody does who chooses it. */
export async function visit(page: Page, { address }: Sight): Promise<void> {
  const { origin, pathname } = new URL(page.url())
  const [path = '/', hash] = address.split('#')
  if (path !== pathname) await page.goto(`${origin}${address}`)
  else await page.evaluate(`location.hash = ${JSON.stringify(hash ?? '')}`)
}

/** Reads what the page shows now, in the form of `textsOf`. */
function read(page: Page, { places }: Sight): Promise<readonly string[][]> {
  return page.evaluate(`(${READ})(${JSON.stringify(places)})`)
}

/** Returns what the page must show, in no order. */
export function textsOf(sight: Sight, snapshot: Snapshot): readonly string[][] {
  return sight.wanted(snapshot).map((texts) => texts.map((row) => JSON.stringify(row)).sort())
}

/** Waits until the page shows what the snapshot of that moment has. */
export async function showsSnapshot(page: Page, sight: Sight, snapshot: () => Snapshot, within: number): Promise<void> {
  for (const until = performance.now() + within; ; ) {
    const [shown, wanted] = [await read(page, sight), textsOf(sight, snapshot())]
    const isOver = performance.now() > until
    if (isOver) assert.deepEqual(shown, wanted, sight.name)
    if (JSON.stringify(shown) === JSON.stringify(wanted)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Lets the page write down what it shows, by the clock of the browser: that of its machine. */
export async function record(page: Page, { places }: Sight): Promise<void> {
  await page.evaluate(`{
    const look = () => {
      const text = JSON.stringify((${READ})(${JSON.stringify(places)}))
      if (window.seen?.text !== text) window.seen = { at: Date.now(), text }
    }
    look()
    setInterval(look, 10)
  }`)
}

/** Returns what a page shows, in the form of `textsOf` as JSON, and since when. */
export function recorded(page: Page): Promise<{ readonly at: number; readonly text: string }> {
  return page.evaluate('window.seen')
}
