// What a browser can ask for, and what the operator is told: the secrets of AMI stand in none of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from 'amiable/testing'
import { configSchema } from '../../src/config/schema.ts'
import { Wallboard } from '../../src/run/wallboard.ts'
import { Browser } from '../support/browser.ts'

const SECRET = 'k3pt-0n-the-server'
const PAGES = ['queues', 'agents', 'calls', 'lines', 'rooms', 'phone', 'board&board=hall', 'call&call=pbx1%2Fx']
const PATHS = [
  '/',
  '/api/me',
  '/api/audit',
  '/api/displays',
  '/metrics',
  '/livez',
  '/readyz',
  '/nothing',
  '/api/nothing',
]

for (const given of [SECRET, `${SECRET}-of-yesterday`]) {
  const isRight = given === SECRET
  test(`the secret of an account that ${isRight ? 'is let in' : 'is refused'} stands nowhere`, {
    timeout: 60_000,
  }, async () => {
    await using server = await startServer({
      users: { board: SECRET },
      queues: { support: { members: [{ interface: 'PJSIP/101', name: 'Ann' }] } },
    })
    const one = { host: '127.0.0.1', port: server.port, username: 'board' }
    const said: string[] = []
    await using wallboard = await Wallboard.open({
      config: configSchema.parse({
        listen: '127.0.0.1:0',
        asterisks: { pbx1: { ...one, secret: { env: 'BOARD' } } },
        alerts: { serverStale: '1s' },
        boards: { hall: { title: 'Hall', tiles: [{ type: 'agents', x: 0, y: 0, w: 12, h: 6 }] } },
      }),
      clients: [{ name: 'pbx1', ...one, secret: given }],
      env: {},
      isSimulated: false,
      pageFolder: '/nonexistent',
      say: (text) => void said.push(text),
    })
    const browser = new Browser({ url: wallboard.url })
    await using view = await browser.open('page=queues')
    // live, or the alert that it is away
    await view.until('it is known', (shown) =>
      isRight ? shown.row('servers', 'pbx1')?.state === 'live' : shown.rows('alerts').length > 0,
    )
    const answers: string[] = []
    const keep = async (response: Response) => {
      answers.push(JSON.stringify([...response.headers]), await response.text())
    }
    for (const path of [...PATHS, ...PAGES.map((page) => `/api/view?page=${page}`)]) await keep(await browser.get(path))
    const acted = await browser.act('pause', 'pbx1/PJSIP/101')
    assert.equal(acted.status, isRight ? 202 : 503)
    if (isRight) await view.outcome(acted)
    else await keep(acted)
    await keep(await browser.get('/api/audit'))
    assert.match(answers.join('\n'), /"verb":"pause"/)
    answers.push(JSON.stringify([...view.tables].map(([name, rows]) => [name, [...rows.values()]])))
    answers.push(JSON.stringify([...view.outcomes.values()]), ...said)
    for (const text of answers) assert.ok(!text.includes(SECRET), text.slice(0, 1_000))
  })
}
