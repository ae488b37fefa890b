// A program whose process is stopped from outside while an answer is on its way to it; its arguments are what it waits
// for, and a port. It prints what came of it, as JSON.
import { type ClientOptions, connect } from 'amiable'

const [what = '', port = ''] = process.argv.slice(2)
const account = { host: '127.0.0.1', port: Number(port), username: 'frank', secret: 'lean', reconnect: false } as const

async function run(): Promise<unknown> {
  const options: ClientOptions = what === 'login' ? { ...account, loginTimeout: 1_000 } : account
  if (what === 'call') {
    await using ami = await connect(options)
    return (await ami.sendRaw('Work', undefined, { timeout: 1_000 })).message
  }
  if (what === 'keepalive') {
    await using ami = await connect({ ...options, keepalive: { interval: 300, timeout: 1_000 } })
    const lost = (async () => {
      for await (const status of ami.status()) if (status.type === 'lost') return status.error.message
      return 'closed'
    })()
    // the server says when it has seen enough
    const enough = new Promise<string>((resolve) => ami.on('UserEvent', () => resolve('alive')))
    return await Promise.race([lost, enough])
  }
  await using ami = await connect(options)
  return ami.state
}

const result = await run().catch((error: { code?: string }) => error.code)
console.log(JSON.stringify(result))
