import { connect, type Socket } from 'node:net'
import type { Target } from '../job.ts'

export const loginOf = ({ username, secret }: Target, events: 'on' | 'off'): string =>
  `Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\nEvents: ${events}\r\n\r\n`

/** The least that speaks AMI: a socket that has logged in, and whatever handler the floor brings. */
export const rawSocket = (target: Target, events: 'on' | 'off', onData: (chunk: Buffer) => void): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.on('data', onData)
      socket.write(loginOf(target, events))
      resolve(socket)
    })
  })
