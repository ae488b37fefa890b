// What compiles of amiable/agi, and what does not.
import { connect, createFleet } from 'amiable'
import { type AgiHandler, type AgiReply, type AgiSession, attachAgi, listenAgi, router, serveAgi } from 'amiable/agi'

const handler: AgiHandler = async (call) => {
  const { digits }: { digits: string } = await call.getData('x', { timeout: 5, maxDigits: 6 })
  const value: string | undefined = await call.getVariable('A')
  const reply: AgiReply = await call.run('SAY ALPHA', digits, value ?? '')
  await call.run('NOOP')
  await call.command(['ANY', 1, true], { check: true })
  // @ts-expect-error two words are missing
  await call.run('SAY ALPHA')
  // @ts-expect-error there is no such command
  await call.run('SAY NOTHING')
  // @ts-expect-error a format is missing
  await call.recordFile('x', {})
  // @ts-expect-error no such option
  await call.streamFile('x', { escape: '#' })
  // @ts-expect-error a value is text
  await call.setVariable('A', 5)
  return reply.status
}

export async function use(call: AgiSession): Promise<void> {
  const ami = await connect({ host: 'x', username: 'x', secret: 'x' })
  attachAgi(ami, handler, { instance: 'ivr-1' })
  attachAgi(createFleet([]), router({ 'a/:b': handler }, { otherwise: handler }))
  // @ts-expect-error a promise of a client
  attachAgi(connect({ host: 'x', username: 'x', secret: 'x' }), handler)
  await listenAgi(handler, { control: ami, allow: ['10.0.0.0/8'], limits: { line: 1 } })
  // @ts-expect-error no stream
  await serveAgi('x', handler)
  const params: Readonly<Record<string, string>> = call.request.params
  await fetch('http://x', { signal: call.signal, headers: params })
}
