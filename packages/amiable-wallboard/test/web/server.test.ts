// What a connection may cost: raw sockets, as no browser uses them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openBoard } from '../support/board.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-server-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('who asks on and on without reading is sent away, and what was to be his is kept by nobody', {
  timeout: 60_000,
}, async () => {
  const megabyte = 1_048_576
  writeFileSync(join(folder, 'index.html'), 'x'.repeat(megabyte))
  await using board = await openBoard({}, { pageFolder: folder })
  const port = Number(new URL(board.wallboard.url).port)
  const before = process.memoryUsage.rss()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(1_000))
  await closed
  const grown = (process.memoryUsage.rss() - before) / megabyte
  assert.ok(grown < 200, `${Math.round(grown)} MiB`)
  // nobody else is harmed, also not one who sends two requests at once
  const other = connect(port, '127.0.0.1')
  let text = ''
  const twice = new Promise<void>((resolve, reject) => {
    other.once('error', reject).on('data', (part) => {
      text += part
      if (text.split('alive\n').length === 3) resolve()
    })
  })
  other.write('GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(2))
  await twice
  other.destroy()
})
