// The office of a simulated Asterisk: phones that answer or do not, and calls between them.

import type { QueueOptions, SimulatedAsterisk, WorldOptions } from 'amiable/testing'
import { readGivenFile } from 'amiable-settings'
import { didYouMean, usage } from '../errors/usage.ts'

const PEOPLE: Readonly<Record<string, string>> = {
  100: 'Ann',
  101: 'Ben',
  102: 'Cem',
  103: 'Dora',
  104: 'Eli',
  105: 'Fay',
}

/** Who is in the office. */
export const OFFICE: WorldOptions = {
  endpoints: {
    100: { answers: 'answer', ringTime: 400 },
    101: { answers: 'answer', ringTime: 900 },
    102: { answers: 'busy' },
    103: { answers: 'answer', ringTime: 1_500 },
    104: { answers: 'noanswer' },
    105: {},
  },
  queues: {
    sales: {
      members: [
        { interface: 'PJSIP/100', name: 'Ann' },
        { interface: 'PJSIP/103', name: 'Dora', penalty: 1 },
      ],
    },
    support: { members: [{ interface: 'PJSIP/101', name: 'Ben' }] },
  },
}

/**
 * Returns the office of a command line: that of a file, with further queues.
 * @param queues as in `sales=5,support=2`
 * @throws {CliError} if one of them cannot be read
 */
export function officeOf(file: string | undefined, queues: string | undefined): WorldOptions {
  const office = file === undefined ? OFFICE : read(file)
  if (queues === undefined) return office
  const more = Object.fromEntries(queues.split(',').map(queueOf))
  const numbers = Object.values(more).flatMap(({ members = [] }) => members.map(({ interface: name }) => name))
  const phones = numbers.map((name) => [name.slice('PJSIP/'.length), { answers: 'answer', ringTime: 800 }] as const)
  return {
    ...office,
    queues: { ...office.queues, ...more },
    endpoints: { ...Object.fromEntries(phones), ...office.endpoints },
  }
}

function read(file: string): WorldOptions {
  try {
    const office: unknown = JSON.parse(readGivenFile(file))
    if (typeof office !== 'object' || office === null || Array.isArray(office)) throw new Error('it must be an object')
    const strange = Object.keys(office).find((name) => !WORLD.includes(name))
    if (strange !== undefined) throw new Error(`${strange} is unknown${didYouMean(strange, WORLD)}`)
    return office
  } catch (error) {
    throw usage(`the office ${file} cannot be read: ${(error as Error).message}`)
  }
}

const WORLD = ['dialplan', 'queues', 'endpoints', 'mailboxes', 'sounds', 'configs']
// those of the office itself are 100 to 105
const FIRST = 200
const MOST_MEMBERS = 500

function queueOf(text: string, at: number): [name: string, queue: QueueOptions] {
  const [, name = '', digits = ''] = /^([\w.-]+)=(\d{1,3})$/.exec(text.trim()) ?? []
  const count = Number(digits)
  if (name === '' || count > MOST_MEMBERS) {
    throw usage(`--queues must be names with at most ${MOST_MEMBERS} members each, as in sales=5,support=2`)
  }
  const interfaceOf = (n: number) => `PJSIP/${FIRST + at * MOST_MEMBERS + n}`
  const members = Array.from({ length: count }, (_, n) => ({ interface: interfaceOf(n), name: `Agent ${n + 1}` }))
  return [name, { members }]
}

/** Milliseconds that people talk. */
const TALK = { least: 2_000, most: 20_000 }
// more would only fill the screen
const MOST = 200

/** Makes calls until the function that it returns is called. */
export function startOffice(server: SimulatedAsterisk, rate: number): () => void {
  const timers = new Set<NodeJS.Timeout>()
  const later = (delay: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, delay)
    timers.add(timer)
  }
  let count = 0
  let made = 0
  const call = () => {
    later(1_000 / rate, call)
    if (timers.size > MOST) return
    const [from, to] = pair(count++)
    const name = (number: string) => `PJSIP/${number}-${(++made).toString(16).padStart(8, '0')}`
    const { channels } = server
    const caller = channels.create({ name: name(from), callerIdNum: from, callerIdName: PEOPLE[from] ?? '', exten: to })
    const called = channels.create({ name: name(to), callerIdNum: to, callerIdName: PEOPLE[to] ?? '' })
    const hangUp = () => {
      for (const one of [caller, called]) if (channels.get(one)) channels.hangup(one)
    }
    later(300 + ((count * 397) % 1_500), () => {
      if (!channels.get(caller) || !channels.get(called)) return hangUp()
      channels.answer(called)
      channels.answer(caller)
      channels.bridge(caller, called)
      later(TALK.least + ((count * 2_741) % (TALK.most - TALK.least)), hangUp)
    })
  }
  call()
  return () => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  }
}

function pair(count: number): [from: string, to: string] {
  const numbers = Object.keys(PEOPLE)
  const from = count % numbers.length
  const to = (from + 1 + (Math.floor(count / numbers.length) % (numbers.length - 1))) % numbers.length
  return [numbers[from] ?? '', numbers[to] ?? '']
}
