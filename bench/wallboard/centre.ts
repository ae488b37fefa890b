// A call centre in a process of its own: a simulated Asterisk with 30 queues and 1,000 members, on which so many things
// change each second. Each pause has the moment at which it was made as its reason: a reader sees how old a frame is.
import { startServer } from 'amiable/testing'

const QUEUES = 30
const MEMBERS = 1_000
const AGENTS = 500
const TICK = 20
/** Of ten changes so many are pauses; the rest are callers, who come and go by turns. */
const PAUSES_OF_TEN = 8

const rate = Number(process.env.RATE ?? 50)
const queueOf = (member: number) => `queue-${String((member % QUEUES) + 1).padStart(2, '0')}`
const deviceOf = (member: number) => `PJSIP/${1_000 + (member % AGENTS)}`

const members = Array.from({ length: MEMBERS }, (_, at) => ({ queue: queueOf(at), interface: deviceOf(at) }))
const queues = Array.from(
  { length: QUEUES },
  (_, at) =>
    [
      queueOf(at),
      { members: members.filter(({ queue }) => queue === queueOf(at)).map((one) => ({ interface: one.interface })) },
    ] as const,
)
const endpoints = Array.from(
  { length: AGENTS },
  (_, at) => [`${1_000 + at}`, { answers: 'noanswer' as const }] as const,
)
const server = await startServer({
  users: { bench: 'bench' },
  queues: Object.fromEntries(queues),
  endpoints: { ...Object.fromEntries(endpoints), trunk: { answers: 'noanswer' as const } },
})

// two in each queue whom nobody answers, from the beginning
for (let at = 0; at < QUEUES * 2; at++) arrive(queueOf(at))

function arrive(queue: string): string {
  const channel = server.channels.create({ name: 'PJSIP/trunk', state: 'Up', callerIdNum: '15550100' })
  server.queues.join(queue, channel)
  return channel
}

let changes = 0
const came: string[] = []
function change(): void {
  const number = changes++
  if (number % 10 < PAUSES_OF_TEN) {
    // a prime step, so that members of all queues have their turn
    const { queue, interface: device } = members[(number * 389) % MEMBERS] as (typeof members)[number]
    server.queues.pause(queue, device, true, `m${Date.now()}.${number}`)
  } else if (number % 2 === 0) came.push(arrive(queueOf(number)))
  else {
    const channel = came.shift()
    if (channel !== undefined) server.channels.hangup(channel)
  }
}

process.send?.({ port: server.port })
process.once('message', () => {
  const began = performance.now()
  setInterval(() => {
    const due = Math.floor(((performance.now() - began) * rate) / 1_000)
    while (changes < due) change()
  }, TICK)
  process.on('message', () => process.send?.({ changes, seconds: (performance.now() - began) / 1_000 }))
})
process.on('disconnect', () => process.exit())
