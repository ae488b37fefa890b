// The program that everybody writes first: events of AMI to NATS, without a look at what becomes of them.
import { connect as connectSocket } from 'node:net'
import { connect } from '@nats-io/transport-node'

const [host = '', port = '', username = '', secret = '', ...servers] = process.argv.slice(2)
const nats = await connect({ servers, maxReconnectAttempts: -1, waitOnFirstConnect: true })

function open(): void {
  const socket = connectSocket({ host, port: Number(port) })
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('connect', () => socket.write(`Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\n\r\n`))
  socket.on('data', (text: string) => {
    const all = (rest + text).split('\r\n\r\n')
    rest = all.pop() ?? ''
    for (const one of all) {
      const event: Record<string, string> = {}
      for (const line of one.split('\r\n')) {
        const colon = line.indexOf(': ')
        if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2)
      }
      if (event.Event !== undefined) nats.publish(`ami.event.pbx1.${event.Event}`, JSON.stringify({ data: event }))
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(open, 1_000))
}
open()
console.log('{"msg":"runs"}')
