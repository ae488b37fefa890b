import { once } from 'node:events'
import { lines, type Play, PlayedServer } from '../../../../tools/testbed/played-server.ts'
import { connect, createClient } from '../../src/client/connect.ts'
import type { ClientOptions } from '../../src/client/options.ts'

// one life of a client; the process has to end by itself when this is over
let play: Play = ({ name }) => (name === 'Never' ? '' : undefined)
const server = await PlayedServer.start((action, session) => play(action, session))
const options: ClientOptions = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
const never = { timeout: 60_000 }

const lives: Record<string, () => Promise<unknown>> = {
  close: async () => {
    const client = await connect(options)
    await client.sendRaw('Ping')
    await client.close()
  },
  destroy: async () => (await connect(options)).destroy(),
  'destroy with calls in flight': async () => {
    const client = await connect(options)
    const call = client.sendRaw('Never', {}, never).catch(() => {})
    client.destroy()
    await call
  },
  'destroy while connecting': async () => {
    const client = createClient(options)
    void client.connect()
    client.destroy()
  },
  'destroy while waiting': async () => {
    const client = createClient({ ...options, reconnect: () => 60_000 })
    play = (_action, { socket }) => {
      socket.destroy()
      return ''
    }
    await client.connect().catch(() => {})
    const call = client.sendRaw('Ping', {}, never).catch(() => {})
    client.destroy()
    await call
  },
  'close with a call that is never answered': async () => {
    const client = await connect(options)
    const call = client.sendRaw('Never', {}, never).catch(() => {})
    play = () => ''
    await client.close({ timeout: 20 })
    await call
  },
  'failed login': async () => {
    play = ({ id }) => lines('Response: Error', `ActionID: ${id}`, 'Message: no')
    await connect(options).catch(() => {})
  },
  'nobody there': async () => {
    const { port } = server
    await server[Symbol.asyncDispose]()
    await connect({ ...options, port, reconnect: false }).catch(() => {})
  },
  'never connected': async () => {
    createClient(options)
  },
  'connect() of a closed client that nobody awaits': async () => {
    const client = createClient(options)
    await client.close()
    const unhandled = once(process, 'unhandledRejection')
    void client.connect()
    const [{ code }] = await unhandled
    console.log(`unhandled: ${code}`)
  },
  'a listener that throws': () =>
    listening(() => {
      throw new Error('from a listener')
    }),
  'a listener that rejects': () =>
    listening(async () => {
      throw new Error('from an async listener')
    }),
}

async function listening(handler: () => unknown): Promise<void> {
  const client = await connect(options)
  const uncaught = new Promise<void>((resolve) => {
    process.once('uncaughtException', (error) => {
      console.log(`uncaught: ${error.message}`)
      resolve()
    })
  })
  client.on('Hangup', handler)
  const heard = new Promise<void>((resolve) => client.on('Hangup', () => resolve()))
  server.session.say(lines('Event: Hangup'))
  await Promise.all([uncaught, heard])
  console.log('the others heard it')
  await client.close()
}

await lives[process.argv[2] ?? '']?.()
await server[Symbol.asyncDispose]()
console.log('over')
