import { stdin, stdout } from 'node:process'
import { UsageError } from './options.ts'

/** The secret from the environment, or from a prompt that shows nothing of it. */
export async function askSecret(username: string, signal: AbortSignal): Promise<string> {
  const given = process.env.AMIABLE_SECRET
  if (given !== undefined) return given
  if (!stdin.isTTY) throw new UsageError('There is no terminal to ask for the secret: set AMIABLE_SECRET.')
  // before it is asked for, or a quick typist's first letters are shown
  stdin.setRawMode(true)
  stdout.write(`Secret of ${username}: `)
  stdin.setEncoding('utf8')
  try {
    return await typed(signal)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stdout.write('\n')
  }
}

function typed(signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let secret = ''
    const done = (settle: () => void) => {
      stdin.removeListener('data', take)
      signal.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => done(() => reject(signal.reason))
    const take = (keys: string) => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') return done(() => resolve(secret))
        // raw mode makes Ctrl-C and Ctrl-D characters like any other
        if (key === '\x03' || key === '\x04') return done(() => reject(new UsageError('No secret, no login.')))
        if (key === '\x7f' || key === '\b') secret = secret.slice(0, -1)
        else if (key >= ' ') secret += key
      }
    }
    signal.addEventListener('abort', abort, { once: true })
    stdin.on('data', take)
    stdin.resume()
  })
}
