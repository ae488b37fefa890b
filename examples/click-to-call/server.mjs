// Click to call: you press a button on a web page, your phone rings, and when you answer it the other number is dialled.
//
//   npm install /path/to/amiable-0.1.0.tgz
//   CLICK_TOKEN=$(openssl rand -hex 16) AMI_HOST=pbx1 AMI_USERNAME=web AMI_SECRET=… node server.mjs
//
// Then open http://127.0.0.1:8080/ and enter the token. With CLICK_TOKEN and nothing else, a simulated Asterisk answers.
//
//   POST /calls {"from":"100","to":"200"}  → 201 {"id":…,"outcome":"answered","meaning":…}, when the outcome is known
//   GET  /calls/<id>                       → 200 {…,"state":"ended","cause":16}
//
// While Asterisk is away the answer is 503; while it boots a call waits, and is dialled when it has booted.
import { randomUUID, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { connect } from 'amiable'

const PAGE = readFileSync(new URL('./public/index.html', import.meta.url))

// a number goes into a channel's name and into the dialplan: digits, and nothing else that a stranger may type
const NUMBER = /^\+?\d{2,15}$/
// nothing is known of the number then: try again later
const NOT_TO_BLAME = ['notBooted', 'noDriver', 'shutDown']
const LONGEST_BODY = 1_024
// the newest calls that can be asked for; older ones are forgotten
const CALLS = 1_000

/**
 * Returns the HTTP server of the application, not listening yet. The client stays yours.
 * Whoever wants a call must send the token (`Authorization: Bearer …`), and a browser must come from `origin`.
 * @param {import('amiable').Client} ami
 */
export function createApp(ami, { token, origin, technology = 'PJSIP', context = 'default', ringTime = 20_000 }) {
  if (typeof token !== 'string' || token.length < 16) throw new Error('token must be a secret of 16 letters or more')
  const calls = new Map()

  // the id that we give a call is its channel's Uniqueid, so its end is known for what it is
  const listener = ami.on('Hangup', (event) => {
    const call = calls.get(event.Uniqueid)
    if (call) Object.assign(call, { state: 'ended', cause: Number(event.Cause) })
  })

  // nobody heard what hung up while there was no link
  const watching = new AbortController()
  void watchLink(ami, watching.signal, () => {
    for (const call of calls.values()) if (call.state === 'talking') call.state = 'unknown'
  })

  async function dial(from, to) {
    const call = { id: randomUUID(), from, to, state: 'dialling' }
    calls.set(call.id, call)
    if (calls.size > CALLS) calls.delete(calls.keys().next().value)
    const originated = ami.originate({
      Channel: `${technology}/${from}`,
      Context: context,
      Exten: to,
      Priority: 1,
      CallerID: `"Click to call" <${to}>`,
      Timeout: ringTime,
      ChannelId: call.id,
    })
    const { outcome, meaning } = await originated.catch((error) => {
      // the caller is told why; whether a phone rings is not known here
      call.state = 'unknown'
      throw error
    })
    if (outcome !== 'answered') call.state = 'ended'
    else if (call.state === 'dialling') call.state = 'talking'
    return Object.assign(call, { outcome, meaning })
  }

  function allowed({ headers }) {
    const given = Buffer.from(headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${token}`)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

  async function answer(request) {
    const { method, url = '', headers } = request
    const [, root, id] = url.split('/')
    if (root !== 'calls') return [404, { error: 'only / and /calls are here' }]
    // a browser says which page asks; other programs do not
    if (headers.origin !== undefined && headers.origin !== (origin ?? `http://${headers.host}`)) {
      return [403, { error: 'this page may not call' }]
    }
    if (!allowed(request)) return [401, { error: 'the token is missing or wrong' }]
    if (method === 'GET') {
      const call = calls.get(id)
      return call ? [200, call] : [404, { error: 'no such call' }]
    }
    if (method !== 'POST') return [405, { error: 'GET or POST' }]
    const { from, to } = await read(request)
    if (!NUMBER.test(from) || !NUMBER.test(to)) return [400, { error: 'from and to must be numbers of 2 to 15 digits' }]
    const call = await dial(from, to)
    return [NOT_TO_BLAME.includes(call.outcome) ? 503 : 201, call]
  }

  const server = createServer(async (request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' }).end(PAGE)
      return
    }
    const [status, body] = await answer(request).catch(explain)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.on('close', () => {
    listener.remove()
    watching.abort()
  })
  return server
}

/** Calls `lost` whenever the link has gone, until the signal or the end of the client. */
async function watchLink(ami, signal, lost) {
  for await (const { type } of ami.status({ signal })) if (type === 'lost') lost()
}

/** Turns what went wrong into an answer that says whether the call may have been dialled. */
function explain(error) {
  // it says no, for example to an extension that is not in its dialplan; while it boots or ends it only says "not yet"
  if (error.code === 'AMI_REFUSED' && !error.retryable) return [502, { error: error.message }]
  // there is no connection now; `delivered` tells whether the phone may ring all the same
  if (error.code === 'AMI_LOST') return [503, { error: error.message, delivered: error.delivered }]
  return [503, { error: error.message }]
}

async function read(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > LONGEST_BODY) return {}
  }
  try {
    const { from, to } = JSON.parse(text)
    return { from: String(from), to: String(to) }
  } catch {
    return {}
  }
}

/** Connects to the Asterisk that the environment names, or to a simulated one. */
async function phoneSystem() {
  const { AMI_HOST: host, AMI_PORT: port = '5038', AMI_USERNAME: username, AMI_SECRET: secret } = process.env
  if (host) return connect({ host, port: Number(port), username, secret })
  const { startServer } = await import('amiable/testing')
  const dialplan = '[default]\nexten => 200,1,Answer()\n same => n,Wait(60)'
  const server = await startServer({ dialplan, endpoints: { 100: { answers: 'answer', ringTime: 2_000 } } })
  console.log('AMI_HOST is not set: a simulated Asterisk has the phone 100 and the number 200')
  return connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { CLICK_TOKEN: token, CLICK_PORT: port = '8080', CLICK_TECHNOLOGY: technology } = process.env
  const app = createApp(await phoneSystem(), { token, technology })
  app.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${app.address().port}/`))
}
