import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { configSchema } from '../../src/config/schema.ts'
import { Wallboard } from '../../src/run/wallboard.ts'
import { openBoard } from '../support/board.ts'

const pageFolder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-ready-'))
writeFileSync(join(pageFolder, 'index.html'), '<!doctype html>')
after(() => rmSync(pageFolder, { recursive: true, force: true }))

async function readyz({ app }: Wallboard): Promise<[number, string]> {
  const response = await app.request('/readyz')
  return [response.status, await response.text()]
}

test('it is not ready without the files of its page', { timeout: 30_000 }, async () => {
  await using board = await openBoard()
  assert.deepEqual(await readyz(board.wallboard), [503, 'the files of the page are missing\n'])
})

test('it is ready with a live picture, and with one that has a date', { timeout: 60_000 }, async () => {
  await using board = await openBoard({}, { pageFolder })
  assert.deepEqual(await readyz(board.wallboard), [200, 'ready\n'])
  await using view = await board.browser.open('page=queues')
  await board.server.close()
  await view.until('stale', (one) => one.row('servers', 'pbx1')?.state === 'stale')
  assert.deepEqual(await readyz(board.wallboard), [200, 'ready\n'])
})

test('it waits for each Asterisk, until the page says that one is away', { timeout: 60_000 }, async () => {
  await using server = await startServer({ users: { board: 'board' } })
  // it takes connections and says nothing
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const one = { host: '127.0.0.1', username: 'board' }
  const clients = [
    { name: 'here', ...one, port: server.port, secret: 'board' },
    { name: 'away', ...one, port, secret: 'board' },
  ]
  const config = configSchema.parse({
    listen: '127.0.0.1:0',
    asterisks: { here: { ...one, secret: { env: 'BOARD' } }, away: { ...one, secret: { env: 'BOARD' } } },
    // long enough that a busy machine has listed the other one before
    alerts: { serverStale: '5s' },
  })
  const wallboard = await Wallboard.open({ config, clients, env: {}, isSimulated: false, pageFolder, say: () => {} })
  try {
    const [status, text] = await readyz(wallboard)
    assert.equal(status, 503)
    assert.match(text, /^there is no picture yet of (?:here, )?away$/m)
    for (let answer = await readyz(wallboard); answer[0] !== 200; answer = await readyz(wallboard)) {
      assert.match(answer[1], /^there is no picture yet of /)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await wallboard.close()
    silent.close()
  }
})
