// A program that uses the client and has nothing left to do: it must end by itself. Its arguments are how, and a port.
import { connect, createClient } from 'amiable'

const [how = '', port = ''] = process.argv.slice(2)
const options = { host: '127.0.0.1', port: Number(port), username: 'frank', secret: 'lean' }

const ways: Record<string, () => Promise<unknown>> = {
  async close() {
    const ami = await connect(options)
    ami.on('*', () => {})
    await ami.send('Ping')
    await ami.close()
  },
  async destroy() {
    const ami = await connect(options)
    void ami.send('Ping').catch(() => {})
    ami.destroy()
  },
  async 'close in a listener'() {
    const ami = await connect(options)
    ami.on('UserEvent', () => {
      void ami.close()
      ami.destroy()
      void ami.close()
    })
    await ami.sendRaw('UserEvent', { UserEvent: 'End' }).catch(() => {})
    await ami.closed
  },
  async 'never connected'() {
    createClient(options).on('*', () => {})
  },
  async 'closed while it waits to try again'() {
    const ami = createClient({ ...options, port: 1 })
    await ami.connect().catch(() => {})
    await ami.close()
  },
  async 'nobody listens'() {
    await connect({ ...options, port: 1 }).catch(() => {})
  },
  async 'a wrong secret'() {
    await connect({ ...options, secret: 'wrong' }).catch(() => {})
  },
  async 'an aborted connect'() {
    await connect(options, { signal: AbortSignal.abort(new Error('no')) }).catch(() => {})
  },
  async 'loops left behind'() {
    const ami = await connect(options)
    const loops = [ami.events('*'), ami.status(), ami.listRaw('CoreShowChannels')]
    for (const loop of loops)
      void (async () => {
        for await (const _ of loop);
      })()
    await ami.close()
    await ami.closed
  },
  async 'a call with a long timeout'() {
    const ami = await connect(options)
    const call = ami.sendRaw('Never', {}, { timeout: 600_000 }).catch(() => {})
    await ami.close({ timeout: 50 })
    await call
  },
  async 'await using'() {
    await using ami = await connect(options)
    await ami.send('Ping')
  },
}

process.on('unhandledRejection', (reason) => {
  console.log(`an unhandled rejection: ${reason}`)
  process.exitCode = 2
})
await ways[how]?.()
console.log('done')
