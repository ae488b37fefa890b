import { after } from 'node:test'
import { startServer } from 'amiable/testing'
import { lateComers } from './late-comers.ts'

const server = await startServer({ users: { frank: 'lean' } })
after(() => server.close())
const login = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
// long enough for some to come in it on a busy machine
lateComers({ name: 'simulator', ...login }, () => server.restart({ late: 50 }))
