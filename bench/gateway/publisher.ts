// Nothing but NATS: prepared messages to a stream that acknowledges each, so many under way at once.
import { connect, createInbox, type MsgHdrs } from '@nats-io/transport-node'

const WINDOW = 256
const TEXT = 'x'.repeat(Number(process.argv[3]))
const [count, server = ''] = [Number(process.argv[2]), process.argv[4]]
const nats = await connect({ servers: server })
const encoder = new TextEncoder()
const inbox = createInbox()
let [sent, stored] = [0, 0]
const began = performance.now()
nats.subscribe(`${inbox}.*`, {
  callback: (_error, message) => {
    if (!message.string().includes('"seq"')) throw new Error(message.string())
    stored++
    if (stored < count) pump()
    else {
      console.log(JSON.stringify({ perSecond: Math.round((count * 1_000) / (performance.now() - began)) }))
      process.exit()
    }
  },
})

function pump(): void {
  while (sent < count && sent - stored < WINDOW) {
    const text = `NATS/1.0\r\nNats-Expected-Last-Sequence: ${sent}\r\n\r\n`
    const headers = { encode: () => encoder.encode(text) } as unknown as MsgHdrs
    nats.publish('ami.event.pbx1.Bare', TEXT, { reply: `${inbox}.${++sent}`, headers })
  }
}
pump()
