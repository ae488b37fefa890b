// A test whose simulated server has handlers that throw, reject, or give no headers. It prints what a client gets, and
// what was uncaught, as JSON.
import { connect } from 'amiable'
import { startServer } from 'amiable/testing'

const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push((error as Error).message))
await using server = await startServer({ users: { frank: 'lean' } })
await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
const fails = (what: string) => () => {
  throw new Error(what)
}
server.handle('Throws', fails('thrown'))
server.handle('Rejects', async () => fails('rejected')())
server.handle('Number', () => 5 as never)
server.handle('Null', async () => null as never)
server.handle('Object', () => ({ A: {} }) as never)
const got: string[] = []
for (const action of ['Throws', 'Rejects', 'Number', 'Null', 'Object']) {
  await ami.sendRaw(action).catch((error: { message: string }) => got.push(error.message.replace(/^.*: /, '')))
  await ami.send('Ping')
}
const waited = await server
  .waitFor('Ping', fails('match') as never)
  .catch((error: { message: string }) => error.message)
console.log(JSON.stringify({ got, uncaught, waited }))
