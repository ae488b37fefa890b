// node main.mjs queue.sqlite: collects the queue events of AMI_HOST until it is interrupted.
import { createClient } from 'amiable'
import { collect } from './collect.mjs'
import { openStore } from './sqlite.mjs'

const { AMI_HOST: host, AMI_PORT: port = '5038', AMI_USERNAME: username, AMI_SECRET: secret } = process.env
const [file = 'queue.sqlite'] = process.argv.slice(2)

// agent has the queue events, and nothing else comes
const client = createClient({ host, port: Number(port), username, secret, events: ['agent'] })
const store = await openStore(file)
const [last] = store.rows('SELECT source, max(received_at) AS at FROM queue_event GROUP BY source ORDER BY at DESC')
if (last) store.gap({ source: client.name, began: last.at, ended: Date.now(), why: 'not running' })

const saving = setInterval(() => {
  try {
    store.save()
  } catch (error) {
    // a full disk, say: all of it is still in memory, and is tried again
    console.error(`not saved: ${error.message}`)
  }
}, 5_000)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => client.close())
void report()
try {
  const collected = collect(client, store)
  // it tries again by itself, until it is closed or its login is refused; status() says why
  client.connect().catch(() => {})
  await collected
  const { error } = await client.closed
  if (error) throw error
} finally {
  clearInterval(saving)
  store.save()
  store.close()
}

/** Prints what happens to the connection. */
async function report() {
  for await (const { type, error } of client.status()) {
    if (type !== 'waiting') console.log(`${client.name}: ${type} ${error?.message ?? ''}`)
  }
}
