// Questions, on a terminal alone.
import type { Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { usage } from '../errors/usage.ts'
import { stopGroup } from './stop.ts'

/** Asks a question on the terminal and returns the answer. */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  try {
    return await answerOf(terminal, question, signal)
  } finally {
    terminal.close()
  }
}

/** Asks for a secret without showing what is typed. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  // after the terminal shows nothing any more: a quick typist's first letters would be seen
  process.stderr.write(question)
  // readline's own way stops this process alone, and reads nothing after it
  terminal.on('SIGTSTP', () => {
    process.stdin.setRawMode(false)
    void stopGroup().then(() => {
      if (process.stdin.destroyed || signal.aborted) return
      process.stdin.setRawMode(true)
      terminal.resume()
      process.stderr.write(`\n${question}`)
    })
  })
  try {
    return await answerOf(terminal, '', signal)
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

async function answerOf(terminal: Interface, question: string, signal: AbortSignal): Promise<string> {
  const ended = new AbortController()
  // ^C at a question ends the command; ^D and a terminal that is closed give no answer
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  terminal.once('close', () => ended.abort())
  try {
    return await terminal.question(question, { signal: AbortSignal.any([signal, ended.signal]) })
  } catch (error) {
    if (ended.signal.aborted && !signal.aborted) throw usage('the question was not answered: the input has ended')
    throw error
  }
}
