import { join } from 'node:path'
import { readOwnedFile } from './owned-file.ts'
import { SettingsError } from './settings-error.ts'

/** Where a secret comes from: never the secret itself. One of these. */
export interface SecretSource {
  readonly file?: string
  readonly env?: string
  /** A shell command that prints it. */
  readonly command?: string
  /** The name of a credential of systemd. */
  readonly credential?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** How long a command may take to print a secret; it may ask for a passphrase. Milliseconds. */
const COMMAND_TIME = 120_000
const MOST = 64 * 1024

/**
 * Reads a secret from where it is. It never stands in an error.
 * @throws {SettingsError} if it is not there, or if others can read it
 */
export async function readSecret(source: SecretSource, env: Environment): Promise<string> {
  if (source.file !== undefined) return fromFile(source.file)
  if (source.credential !== undefined) {
    const folder = env.CREDENTIALS_DIRECTORY
    if (!folder) throw fault(`the credential ${source.credential} needs CREDENTIALS_DIRECTORY, which systemd sets`)
    return fromFile(join(folder, source.credential))
  }
  if (source.env !== undefined) {
    const value = Object.hasOwn(env, source.env) ? env[source.env] : undefined
    if (!value) throw fault(`the variable ${source.env}, which holds the secret, is not set`)
    return value
  }
  return await fromCommand(source.command ?? '')
}

function fromFile(path: string): string {
  const text = readOwnedFile(path, { what: 'secret file', secret: true })
  if (text === undefined) throw fault(`the secret file ${path} is missing`)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw fault(`the secret file ${path} is empty`)
  return secret
}

/** Returns the first line that a command prints, as `pass show` has it. The command may use the terminal. */
function fromCommand(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // loaded here: few secrets come from a command
    const child = process
      .getBuiltinModule('node:child_process')
      .spawn(command, { shell: true, stdio: ['inherit', 'pipe', 'inherit'], timeout: COMMAND_TIME })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (text.length < MOST) text += part
    })
    // never what it printed
    child.on('error', (error) => reject(fault(`the secret's command could not be run: ${error.message}`)))
    child.on('close', (code, signal) => {
      const [secret = ''] = text.split(/\r?\n/)
      if (code !== 0) reject(fault(`the secret's command ended with ${code ?? signal}`))
      else if (secret === '') reject(fault("the secret's command printed nothing"))
      else resolve(secret)
    })
  })
}

function fault(message: string): SettingsError {
  return new SettingsError('SECRET', message)
}
