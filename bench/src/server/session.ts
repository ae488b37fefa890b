import type { Socket } from 'node:net'
import type { Corpus } from './corpus.ts'
import { listOffice, pourOffice } from './office.ts'
import { pourEvents, pourRows } from './pour.ts'

const header = (message: string, name: string): string =>
  new RegExp(`(?:^|\\r\\n)${name}: *([^\\r]*)`, 'i').exec(message)?.[1] ?? ''

/** `bench;rounds=3;warm=20000`: the wish of a reader, carried where every client can put it. */
const wishes = (username: string): Map<string, number> =>
  new Map(
    username
      .split(';')
      .slice(1)
      .map((part) => part.split('=') as [string, string])
      .map(([key, value]) => [key, Number(value)]),
  )

/** Long enough for a client that hears events only some turns after its login (asterisk-ami-client). */
const SETTLE = 150

/** Answers one connection. It is a server of its own, and not the simulator, because its speed must not show. */
export const answer = (socket: Socket, corpusFor: (names: number) => Corpus): void => {
  let rest = ''
  let wish = new Map<string, number>()
  socket.write('Asterisk Call Manager/11.0.0\r\n')

  const login = (message: string, id: string): string => {
    wish = wishes(header(message, 'Username'))
    const rounds = wish.get('rounds') ?? 0
    if (rounds > 0) {
      setTimeout(() => pourEvents(socket, corpusFor(wish.get('names') ?? 0), wish.get('warm') ?? 0, rounds), SETTLE)
    }
    const accepted = `Response: Success\r\n${id}Message: Authentication accepted\r\n\r\n`
    // an account without the read right system
    if (wish.get('system') === 0) return accepted
    return `${accepted}Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nLastReload: 1\r\nStatus: Fully Booted\r\n\r\n`
  }

  const one = (message: string): string => {
    const action = header(message, 'Action').toLowerCase()
    const actionId = header(message, 'ActionID')
    const id = actionId === '' ? '' : `ActionID: ${actionId}\r\n`
    const listed = wish.has('office') ? listOffice(action, id, (name) => header(message, name)) : undefined
    if (listed !== undefined) return listed
    switch (action) {
      case 'ping':
        return `Response: Success\r\n${id}Ping: Pong\r\nTimestamp: 1795386889.000000\r\n\r\n`
      case 'challenge':
        return `Response: Success\r\n${id}Challenge: 160247461\r\n\r\n`
      case 'login':
        return login(message, id)
      case 'coreshowchannels':
        pourRows(socket, id, wish.get('rows') ?? 0)
        return ''
      case 'benchhold':
        return ''
      case 'benchpour':
        socket.write(`Response: Success\r\n${id}\r\n`)
        if (header(message, 'Captured') === '') pourOffice(socket, Number(header(message, 'Rounds')))
        else pourEvents(socket, corpusFor(0), 0, Number(header(message, 'Rounds')))
        return ''
      case 'logoff':
        socket.end(`Response: Goodbye\r\n${id}Message: Thanks for all the fish.\r\n\r\n`)
        return ''
      default:
        return `Response: Success\r\n${id}Message: Nothing to do\r\n\r\n`
    }
  }

  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    let out = ''
    let start = 0
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n', start)) {
      out += one(rest.slice(start, end))
      start = end + 4
    }
    rest = rest.slice(start)
    if (out !== '') socket.write(out, wish.has('office') ? 'utf8' : 'latin1')
  })
}
