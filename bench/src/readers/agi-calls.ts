import type { AgiJob, AgiTurnsJob } from '../job.ts'
import { type AgiCall, type AgiServing, agiServers } from './agi-server.ts'
import { rawSocket } from './raw.ts'

/** Longer than Asterisk takes to answer a login on any machine. */
const LOGIN = 10_000

/** Serves AGI as the job's reader does. */
export const listen = (job: AgiJob | AgiTurnsJob, handler: (call: AgiCall) => Promise<unknown>): Promise<AgiServing> =>
  agiServers[job.reader]!(handler)

/** Has a real Asterisk call the server so often; each call is a Local channel whose far half waits. */
export const originate = async ({ target }: AgiJob | AgiTurnsJob, port: number, calls: number): Promise<void> => {
  const { host, username } = target
  let said = ''
  const answered = signal()
  const socket = await rawSocket(target, 'off', (chunk) => {
    said += chunk.toString('latin1')
    if (said.includes('\r\n\r\n')) answered.resolve()
  })
  const timer = setTimeout(answered.resolve, LOGIN)
  await answered.promise
  clearTimeout(timer)
  if (!said.includes('Response: Success')) throw new Error(`Asterisk at ${host}:${target.port} takes no ${username}`)
  said = ''
  socket.removeAllListeners('data').resume()
  const where = `Channel: Local/wait@default/n\r\nApplication: AGI\r\nData: agi://127.0.0.1:${port}/bench`
  socket.write(`Action: Originate\r\n${where}\r\nAsync: true\r\n\r\n`.repeat(calls))
}

export const signal = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
