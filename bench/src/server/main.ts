import { createServer, type Socket } from 'node:net'
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

const server = createServer({ noDelay: true }, (socket: Socket) => {
  socket.on('error', () => socket.destroy())
  answer(socket, corpusFor)
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 }, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  process.send?.({ port: address.port, events: corpus.ends.length, bytes: corpus.body.length })
})

process.on('disconnect', () => process.exit(0))
