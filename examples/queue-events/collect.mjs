// Writes a call centre's queue events into a database, and says where some are missing.
//
//   npm install /path/to/amiable-0.1.0.tgz sql.js
//   AMI_HOST=pbx1 AMI_USERNAME=frank AMI_SECRET=… node main.mjs queue.sqlite

/** The events of a queue: callers come and go, agents ring, talk, pause. */
export const QUEUE_EVENTS = /** @type {const} */ ([
  'QueueCallerJoin',
  'QueueCallerLeave',
  'QueueCallerAbandon',
  'AgentCalled',
  'AgentRingNoAnswer',
  'AgentConnect',
  'AgentComplete',
  'QueueMemberPause',
])

/**
 * Stores every queue event that the client gets, until the client is closed.
 * @param {import('amiable').Client} client not connected yet, so that nothing is missed
 * @param {{ event(row: object): unknown, gap(row: object): unknown }} store `event` and `gap` may return a promise
 * @param {{ capacity?: number }} [options] how many events may wait for the database
 */
export async function collect(client, store, { capacity = 10_000 } = {}) {
  const run = new Date().toISOString()
  await Promise.all([storeEvents(client, store, run, capacity), storeGaps(client, store)])
}

async function storeEvents(client, store, run, capacity) {
  // 'fail': when the database is too slow the loop ends and says how much is lost, so that nothing is lost without a report
  const listen = () => client.events(QUEUE_EVENTS, { capacity, overflow: 'fail' })
  let events = listen()
  let last = Date.now()
  for (;;) {
    try {
      for await (const event of events) {
        last = event.receivedAt
        await store.event({
          run,
          serial: event.serial,
          source: event.source,
          received_at: event.receivedAt,
          event: event.Event,
          queue: event.Queue,
          // an agent's events are about the caller, whose channel they call Channel
          caller: event.Event === 'QueueMemberPause' ? null : (event.get('Uniqueid') ?? null),
          member: event.get('Interface') ?? null,
          data: JSON.stringify(event.toJSON()),
        })
      }
      return
    } catch (error) {
      if (error.code !== 'AMI_OVERFLOW') throw error
      // listen again first, then write down what is missing in between
      events = listen()
      await store.gap({ source: client.name, began: last, ended: Date.now(), why: 'database too slow' })
    }
  }
}

async function storeGaps(client, store) {
  let ready = false
  let began
  for await (const { type } of client.status()) {
    // attempts that fail are reported as `lost` too
    if (type === 'lost' && ready) began ??= Date.now()
    if (type === 'ready') ready = true
    // a program may be ended before the server has booted: events come again by then, and the gap is a gap
    if (began === undefined || (type !== 'ready' && type !== 'closed')) continue
    await store.gap({ source: client.name, began, ended: Date.now(), why: 'connection lost' })
    began = undefined
  }
}
