// A process of its own that tries to connect: says how it went, and then must end by itself.
import { type ClientOptions, connect } from 'amiable'

const options = JSON.parse(process.argv[2] ?? '{}') as ClientOptions
try {
  await connect(options)
  console.log(JSON.stringify({ code: 'ready' }))
} catch (error) {
  const { code, message } = error as { code?: string; message?: string }
  console.log(JSON.stringify({ code, message }))
}
