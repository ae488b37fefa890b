// Browsers in a process of their own: each takes a snapshot's revision, follows its stream, and says how old each pause
// is when its frame is there.
import { connect } from 'node:net'

const [url = '', count = '500', ...queries] = process.argv.slice(2)
const { host, port } = new URL(url)
const PACE = 20

const ages: number[] = []
let frames = 0
let bytes = 0
let resets = 0
let isMeasuring = false

for (let at = 0; at < Number(count); at++) {
  const query = queries[at % queries.length] as string
  await follow(query)
  // so many at once would be a case of its own
  if (at % PACE === 0) await new Promise((resolve) => setTimeout(resolve, 50))
}
process.send?.('open')
process.on('message', () => {
  if (isMeasuring) process.send?.({ ages, frames, bytes, resets })
  isMeasuring = !isMeasuring
})
process.on('disconnect', () => process.exit())

async function follow(query: string): Promise<void> {
  const { revision } = (await (await fetch(`${url}/api/view?${query}`)).json()) as { revision: string }
  const socket = connect({ port: Number(port || new URL(url).port), host: '127.0.0.1' })
  socket.on('error', () => socket.destroy())
  socket.once('close', () => resets++)
  socket.write(`GET /api/stream?${query}&from=${revision} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  let text = ''
  let last = -1
  return new Promise((resolve) => {
    socket.setEncoding('utf8').on('data', (part: string) => {
      resolve()
      text += part
      const ended = text.lastIndexOf('\n\n')
      if (ended < 0) return
      last = read(text.slice(0, ended), last)
      text = text.slice(ended)
    })
  })
}

/** Reads whole frames; a reason that an earlier frame had is no news. */
function read(text: string, last: number): number {
  const now = Date.now()
  let newest = last
  for (const [, at, number] of text.matchAll(/"m(\d{13})\.(\d+)"/g)) {
    if (Number(number) <= last) continue
    newest = Math.max(newest, Number(number))
    if (isMeasuring) ages.push(now - Number(at))
  }
  if (isMeasuring) {
    frames += text.split('event: patch').length - 1
    bytes += text.length
  }
  return newest
}
