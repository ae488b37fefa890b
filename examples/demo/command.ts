import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { paint } from './terminal.ts'

const BIN = fileURLToPath(new URL('../../packages/amiable-cli/bin/amiable.cjs', import.meta.url))

/** What somebody types who tries the command: the arguments, as in a shell. */
const LINES: readonly (readonly string[])[] = [
  ['list', 'channels'],
  ['-x', 'core show version'],
  ['-x', 'pjsip reload'],
  ['events', 'Newchannel', 'BridgeEnter', 'Hangup', '-n', '4', '--for', '20s'],
  ['originate', 'PJSIP/100', 'echo@default', '--hangup-after', '200ms'],
  ['originate', 'PJSIP/102', 'echo@default'],
  ['send', 'QueuePause', 'Interfce=PJSIP/100', 'Paused=yes'],
  ['rights', 'QueuePause', '+QueueMemberPause'],
]

/** Shows the command `amiable` at work on its own simulated Asterisk, each line with its exit status. */
export async function showCommand(signal: AbortSignal): Promise<void> {
  const server = spawn(process.execPath, [BIN, 'simulate', '--listen', '127.0.0.1:0', '--calls', '3'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const stop = () => server.kill()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const said = await new Promise<string>((resolve, reject) => {
      server.stdout.setEncoding('utf8').once('data', resolve)
      server.once('close', () => reject(new Error('amiable simulate has ended')))
    })
    signal.throwIfAborted()
    console.log(`${paint('dim', '$')} amiable simulate --calls 3 &`)
    const [, url, file] = /AMIABLE_URL='(.+)' AMIABLE_SECRET_FILE='(.+)'/.exec(said) ?? []
    const env = { ...process.env, AMIABLE_URL: url, AMIABLE_SECRET_FILE: file }
    for (const line of LINES) {
      console.log(`\n${paint('dim', '$')} ${paint('bold', `amiable ${line.map(quoted).join(' ')}`)}`)
      const status = await run(line, env, signal)
      signal.throwIfAborted()
      if (status !== 0) console.log(paint('dim', `exit status ${status}`))
    }
  } finally {
    signal.removeEventListener('abort', stop)
    server.kill()
  }
}

/** Runs a line as a shell does, with the output of this program as its own. */
function run(line: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...line], { env, stdio: ['ignore', 'inherit', 'inherit'] })
    const stop = () => child.kill()
    signal.addEventListener('abort', stop, { once: true })
    child.once('error', reject)
    child.once('close', (status) => {
      signal.removeEventListener('abort', stop)
      resolve(status)
    })
  })
}

function quoted(word: string): string {
  return /[\s*?<>]/.test(word) ? `'${word}'` : word
}
