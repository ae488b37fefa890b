// A program that records where the system sets it a limit; its arguments are a file, whether a client or a proxy is
// recorded, or a client without a file descriptor left, and whether it stops only when the recording has failed. It
// prints, as JSON, what became of it.
import { openSync } from 'node:fs'
import { connect } from 'amiable'
import { record, startProxy, startServer } from 'amiable/testing'

const [file = '', source = '', until = ''] = process.argv.slice(2)
const warned = new Promise<string>((resolve) => process.once('warning', ({ message }) => resolve(message)))
await using server = await startServer()
await using proxy = await startProxy({ target: { port: server.port } })
await using ami = await connect({ host: '127.0.0.1', port: proxy.port, username: 'frank', secret: 'lean' })
if (source === 'no descriptors') takeAll()
const recording = record(source === 'proxy' ? proxy : ami, file)
let heard = 0
ami.on('UserEvent', () => {
  heard++
})
const events = 20
for (let n = 0; n < events; n++) await ami.send('UserEvent', { UserEvent: 'Big', Data: 'x'.repeat(900) })
const { success } = await ami.send('Ping')
// of a failure behind stop() only stop() tells
const warning = until === 'failed' ? await warned : ''
const stopped = await recording.stop().then(
  () => 'whole',
  (error: { code?: string }) => error.code,
)
console.log(JSON.stringify({ stopped, warning, answered: success, heard: heard === events }))

function takeAll(): void {
  for (;;) {
    try {
      openSync('/dev/null', 'r')
    } catch {
      return
    }
  }
}
