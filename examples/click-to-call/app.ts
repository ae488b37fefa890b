// Click to call: a web page asks for a call, somebody's phone rings, and when it is answered the other number is dialled.
//
//   POST /calls {"from":"100","to":"200"}  → 201 {"id":…,"outcome":"answered","meaning":…}, when the outcome is known
//   GET  /calls/<id>                       → 200 {…,"state":"ended","cause":16,"events":["Newchannel",…]}
//
//   AMI_HOST=pbx1 AMI_USERNAME=web AMI_SECRET=… node --import tsx examples/click-to-call/app.ts
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Client, connect } from 'amiable'

interface Call {
  readonly id: string
  readonly from: string
  readonly to: string
  state: 'dialling' | 'talking' | 'ended'
  outcome?: string
  meaning?: string
  cause?: number
  readonly events: string[]
}

// a number goes into a channel's name and into the dialplan: digits, and nothing else that a stranger may type
const NUMBER = /^\+?\d{2,15}$/

/** The HTTP server of the application, not listening yet; the client stays its caller's. */
export function createApp(ami: Client, { context = 'default', ringTime = 20_000 } = {}): Server {
  const calls = new Map<string, Call>()

  // a call's id is its channel's Uniqueid, so its events are known for what they are from the first one on
  const listener = ami.on('*', (event) => {
    const call = calls.get(event.get('Uniqueid') ?? '')
    if (call === undefined) return
    call.events.push(event.Event)
    if (event.Event === 'Hangup') {
      call.state = 'ended'
      call.cause = Number(event.get('Cause'))
    }
  })

  async function dial(from: string, to: string): Promise<Call> {
    const id = randomUUID()
    const call: Call = { id, from, to, state: 'dialling', events: [] }
    calls.set(id, call)
    const { outcome, meaning } = await ami.originate({
      Channel: `PJSIP/${from}`,
      Context: context,
      Exten: to,
      Priority: 1,
      CallerID: `"Click to call" <${to}>`,
      Timeout: ringTime,
      ChannelId: id,
    })
    if (outcome !== 'answered') call.state = 'ended'
    else if (call.state === 'dialling') call.state = 'talking'
    return Object.assign(call, { outcome, meaning })
  }

  async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const [, root, id] = (request.url ?? '').split('/')
    if (root !== 'calls') return [404, { error: 'there are only calls here' }]
    if (request.method === 'GET') {
      const call = calls.get(id ?? '')
      return call === undefined ? [404, { error: 'no such call' }] : [200, call]
    }
    if (request.method !== 'POST') return [405, { error: 'GET or POST' }]
    const { from, to } = await read(request)
    if (!NUMBER.test(String(from)) || !NUMBER.test(String(to))) return [400, { error: 'from and to are numbers' }]
    return [201, await dial(String(from), String(to))]
  }

  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    answer(request).then(
      ([status, body]) => send(status, body),
      // what the phone system refused, or that it is not there at this moment
      (error: Error & { code?: string }) => send(error.code === 'AMI_REFUSED' ? 502 : 503, { error: error.message }),
    )
  })
  server.on('close', () => listener.remove())
  return server
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { AMI_HOST: host = '127.0.0.1', AMI_USERNAME: username = '', AMI_SECRET: secret = '' } = process.env
  const ami = await connect({ host, username, secret })
  createApp(ami).listen(8080, () => console.log('http://127.0.0.1:8080/calls'))
}
