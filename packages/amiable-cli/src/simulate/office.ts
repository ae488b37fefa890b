// The office of a simulated Asterisk: phones that answer or do not, and calls between them.
import type { SimulatedAsterisk, WorldOptions } from 'amiable/testing'

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
