import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { type Corpus, readCorpus, syntheticCorpus } from './corpus.ts'
import { answer } from './session.ts'

/**
 * The bare server: a process of its own, nothing of ours in it. It prepares what it sends before anybody connects, so
 * that the reader is what is measured. What to do stands in the user name of the login.
 */
const corpus = readCorpus(process.argv[2]!)
const synthetic = new Map<number, Corpus>()

const corpusFor = (names: number): Corpus => {
  if (names === 0) return corpus
  const made = synthetic.get(names) ?? syntheticCorpus(names, 40_000)
  synthetic.set(names, made)
  return made
}

/** A key and a certificate of this hour, by openssl. */
const identity = (): { key: Buffer; cert: Buffer } => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-bench-'))
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')] as const
    const what = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1']
    const { status, stderr } = spawnSync('openssl', [...what, '-keyout', key, '-out', cert], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const accept = (socket: Socket): void => {
  socket.on('error', () => socket.destroy())
  answer(socket, corpusFor)
}
const plain = createServer({ noDelay: true }, accept)
const secure = createTlsServer({ noDelay: true, ...identity() }, accept)
const portOf = async (server: typeof plain): Promise<number> => {
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 }, resolve))
  return (server.address() as AddressInfo).port
}

process.send?.({
  port: await portOf(plain),
  tlsPort: await portOf(secure),
  events: corpus.ends.length,
  bytes: corpus.body.length,
})

process.on('disconnect', () => process.exit(0))
