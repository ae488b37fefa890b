// A program whose every function throws; its argument is a port. It prints what came of it, as JSON.
import { type ClientOptions, connect } from 'amiable'

const uncaught: unknown[] = []
process.on('uncaughtException', (error) => uncaught.push((error as Error).message))
const fails = (what: string) => () => {
  throw new Error(what)
}
const options: ClientOptions = {
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  username: 'frank',
  secret: 'lean',
  reconnect: fails('reconnect') as never,
  random: fails('random'),
}

const heard: string[] = []
async function run(handler: ClientOptions['onListenerError']): Promise<string> {
  const { signal, ...controller } = { signal: new AbortController().signal, abort: new AbortController() }
  const ami = await connect({ ...options, onListenerError: handler })
  ami.on('Mine' as string, fails('listener'))
  ami.on('Mine' as string, async () => fails('async listener')())
  ami.on(fails('predicate') as () => boolean, () => {})
  ami.on('Mine' as string, () => heard.push('the others'), { signal })
  controller.abort.signal.addEventListener('abort', fails('abort'))
  const pending = ami.sendRaw('Never', undefined, { signal: controller.abort.signal }).catch(() => 'aborted')
  await ami.sendRaw('Raise')
  controller.abort.abort()
  await pending
  await ami.close({ timeout: 0 })
  return (await ami.closed).by
}

const by = [await run(undefined), await run(fails('onListenerError')), await run(async () => fails('async handler')())]
await new Promise(setImmediate)
console.log(JSON.stringify({ by, heard, uncaught: [...new Set(uncaught)].sort() }))
