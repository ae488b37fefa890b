import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { authority, expired } from '../../../../tools/testbed/certificates.ts'
import { connect } from '../../src/client/connect.ts'
import { startServer } from '../../src/testing/index.ts'

// a server over TLS that one client refused and another never shook hands with; the process has to end by itself
const server = await startServer({ tls: expired })
const silent = connectTcp(server.port, server.host).unref()
await once(silent, 'connect')
const { port, host } = server
const options = { host, port, username: 'frank', secret: 'lean', reconnect: false, tls: { ca: authority } } as const
await connect(options).catch(() => {})
await server.close()
console.log('closed')
