// A program with an AGI handler, in a process of its own that a test kills: says over IPC what it has.
import { connect } from 'amiable'
import { attachAgi, listenAgi } from 'amiable/agi'

const { host, port, username, secret, instance } = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>
const tell = (what: object) => process.send?.(what)
const ami = await connect({
  host: String(host),
  port: Number(port),
  username: String(username),
  secret: String(secret),
})
attachAgi(
  ami,
  async (call) => {
    tell({ transport: call.transport, uniqueid: call.request.uniqueid, complete: call.request.complete })
    const { path, complete } = call.request
    if (!complete) return
    await call.setVariable('OWNER', String(process.pid))
    if (path === 'exec') await call.exec('Playback', ['demo-instruct'])
    else if (path === 'gosub') await call.gosub('agikilled', 'play', 1)
    else await call.waitForDigit(-1)
  },
  { instance: String(instance), onHandlerError: () => {} },
)
const server = await listenAgi(
  async (call) => {
    tell({ transport: call.transport, uniqueid: call.request.uniqueid })
    await call.waitForDigit(-1)
  },
  { port: 0, onHandlerError: () => {} },
)
// its answer comes behind that to the attachment's own look
for await (const _ of ami.list('CoreShowChannels'));
tell({ port: server.port })
