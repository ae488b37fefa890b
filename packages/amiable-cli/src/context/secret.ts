import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CliError } from '../errors/cli-error.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { usage } from '../errors/usage.ts'
import type { SecretSource } from './config-file.ts'
import { readOwnedFile } from './owned-file.ts'
import type { Environment } from './places.ts'

/** How long a command may take to print a secret; it may ask for a passphrase. Milliseconds. */
const COMMAND_TIME = 120_000
const MOST = 64 * 1024

/** What is needed to find a secret. */
export interface SecretSetting {
  readonly env: Environment
  /** Asks on the terminal; absent where there is none. */
  readonly prompt: ((question: string) => Promise<string>) | undefined
}

/**
 * Returns a function that finds the secret. The client calls it at every login, so a secret that changes is read again.
 * @param owner whom the secret is of, as in `frank@pbx1`
 */
export function secretFor(
  source: SecretSource | undefined,
  owner: string,
  { env, prompt }: SecretSetting,
): () => Promise<string> {
  const found = source ?? (env.AMIABLE_SECRET_FILE ? { file: env.AMIABLE_SECRET_FILE } : undefined)
  if (found !== undefined) return () => read(found, env)
  if (prompt === undefined) {
    throw usage(
      `no secret for ${owner}: there is no terminal to ask`,
      'Set AMIABLE_SECRET_FILE, or store it with a context: amiable context secret NAME',
    )
  }
  let asked: Promise<string> | undefined
  return () => {
    asked ??= prompt(`secret of ${owner}: `)
    return asked
  }
}

async function read(source: SecretSource, env: Environment): Promise<string> {
  if (source.file !== undefined) return fromFile(source.file)
  if (source.credential !== undefined) {
    const folder = env.CREDENTIALS_DIRECTORY
    if (!folder) throw fault(`the credential ${source.credential} needs CREDENTIALS_DIRECTORY, which systemd sets`)
    return fromFile(join(folder, source.credential))
  }
  if (source.env !== undefined) {
    const value = env[source.env]
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
    const child = spawn(command, { shell: true, stdio: ['inherit', 'pipe', 'inherit'], timeout: COMMAND_TIME })
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

function fault(message: string): CliError {
  return new CliError(message, { exit: EXIT.usage, code: 'SECRET' })
}
