// A server of AMI that only says what happens: the captured events, as often and as fast as the user name wishes, as in
// `bench;rounds=4;rate=2000`. Without a rate they come as fast as they are read.
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { readCorpus } from '../src/server/corpus.ts'

const TICK = 10
const CORPUS = fileURLToPath(new URL('../../contract/corpus/asterisk-22.ami.gz', import.meta.url))
const { body, ends } = readCorpus(CORPUS)

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  socket.write('Asterisk Call Manager/11.0.0\r\n')
  let rest = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    const all = (rest + text).split('\r\n\r\n')
    rest = all.pop() ?? ''
    for (const one of all) answer(socket, one)
  })
})

function answer(socket: Socket, action: string): void {
  const headerOf = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(action)?.[1]?.trim() ?? ''
  const id = headerOf('ActionID') && `ActionID: ${headerOf('ActionID')}\r\n`
  if (headerOf('Action').toLowerCase() !== 'login') {
    socket.write(`Response: Success\r\n${id}Challenge: 160247461\r\nPing: Pong\r\nTimestamp: 1795386889.000000\r\n\r\n`)
    return
  }
  socket.write(`Response: Success\r\n${id}Message: Authentication accepted\r\n\r\n`)
  socket.write(
    'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nLastReload: 1\r\nStatus: Fully Booted\r\n\r\n',
  )
  const wish = (name: string) => Number(new RegExp(`;${name}=(\\d+)`).exec(headerOf('Username'))?.[1] ?? 0)
  const [rounds, rate] = [wish('rounds'), wish('rate')]
  // a client has its listeners by then
  if (rounds > 0) setTimeout(() => (rate > 0 ? pace(socket, rounds, rate) : pour(socket, rounds)), 500)
}

function pour(socket: Socket, rounds: number): void {
  if (rounds === 0 || socket.destroyed) return
  if (socket.write(body)) pour(socket, rounds - 1)
  else socket.once('drain', () => pour(socket, rounds - 1))
}

function pace(socket: Socket, rounds: number, rate: number): void {
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.min(rounds * ends.length, Math.floor(((performance.now() - began) * rate) / 1_000))
    for (; sent < due && !socket.destroyed; sent++) {
      const n = sent % ends.length
      socket.write(body.subarray(n === 0 ? 0 : ends[n - 1], ends[n]))
    }
    if (socket.destroyed || sent >= rounds * ends.length) clearInterval(timer)
  }, TICK)
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0, events: ends.length })
})
process.on('disconnect', () => process.exit())
