import { createInterface } from 'node:readline'
import { readConfig } from '../context/config-file.ts'
import { configPath, historyPath } from '../context/places.ts'
import { EXIT } from '../errors/exit-codes.ts'
import type { Io } from '../io.ts'
import { type ServerOptions, serverOptions } from '../options.ts'
import { DRAIN, Writer } from '../output/writer.ts'
import { Shell } from '../shell/shell.ts'
import { type Input, verb } from './verb.ts'

/** `amiable shell`: lines without `amiable`, over one connection. */
export const shell = verb<ServerOptions>({
  define: (command) => {
    command.addHelpText('before', EXAMPLES).addHelpText('after', NOTES)
    serverOptions(command)
  },
  run,
})

const EXAMPLES = `amiable shell
amiable shell -c pbx1 < lines.txt
`
const NOTES = `
A line is a verb without amiable, an action as in QueueStatus Queue=sales, or
! and a command of the console. watch 'Queue*' shows events beside, \\? the rest.
Tab completes, ^R looks in the history. The history keeps no line with a secret
or with a blank at its front. Without a terminal, lines are read to the end, and
the exit status is that of the last.`

async function run(given: Io, { options, whole, ...common }: Input<ServerOptions>): Promise<number> {
  const isLive = given.isTerminal.in && given.isTerminal.out
  // both are the same terminal: what is written first is to stand first
  const io: Io = isLive && given.isTerminal.err ? { ...given, err: given.out } : given
  const line = (text: string, done: () => void) => {
    void Promise.resolve(io.err.line(text.replace(/\n$/, ''))).then(done)
  }
  let above = line
  const beside = new Writer((bytes, from, done) => {
    above(Buffer.from(bytes.subarray(from)).toString('utf8'), () => done(null, bytes.length - from))
  })
  let onPrompt = () => {}
  const verbs = await whole.complete([''], io.env)
  const own = new Shell({ io, common, whole, verbs, beside, onPrompt: () => onPrompt() })
  await own.use(options)
  try {
    if (!isLive) return await readAll(io, own)
    const { Typist } = await import('../shell/typist.ts')
    const typist = new Typist(io, own, {
      history: historyPath(io.env),
      verbs,
      complete: (words) => whole.complete(words, own.env),
      contexts: () => Object.keys(readConfig(configPath(io.env)).contexts),
    })
    above = (text, done) => typist.above(text, done)
    onPrompt = () => typist.show()
    await typist.run()
    above = line
    return EXIT.done
  } finally {
    await own.close()
    await beside.drain(DRAIN.screen)
  }
}

/** Runs the lines of standard input. Returns the exit status of the last. */
async function readAll(io: Io, own: Shell): Promise<number> {
  const lines = createInterface({ input: process.stdin })
  io.signal.addEventListener('abort', () => lines.close(), { once: true })
  let status: number = EXIT.done
  for await (const line of lines) {
    const ended = await own.run(line)
    if (ended === undefined) break
    status = ended
  }
  lines.close()
  io.signal.throwIfAborted()
  return status
}
