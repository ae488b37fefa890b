import type { LoginsJob, Outcome } from '../job.ts'
import { loginLoop } from './login-loop.ts'
import { rawSocket } from './raw.ts'

/** The floor: a socket that logs in, and asks when the login is answered. */
export const bytesLogins = (job: LoginsJob): Promise<Outcome> =>
  loginLoop(async () => {
    let text = ''
    let answered = (): void => {}
    const step = (): Promise<void> =>
      new Promise((resolve) => {
        answered = resolve
      })
    const loggedIn = step()
    const socket = await rawSocket(job.target, 'on', (chunk) => {
      text += chunk.toString('latin1')
      if (/^(?:Message: Authentication accepted|Ping: Pong)\r$/m.test(text)) {
        text = ''
        answered()
      }
    })
    await loggedIn
    const pong = step()
    socket.write('Action: Ping\r\n\r\n')
    await pong
    socket.destroy()
  }, job)
