import { type CommandProcess, EXIT } from 'amiable-settings'
import { hashPassword } from '../people/passwords.ts'

const LEAST = 8
const MOST = 256

/** Reads a password, and prints what belongs into the file of users. */
export async function runPassword({ out, err, isTerminal }: CommandProcess): Promise<number> {
  if (isTerminal.in) err.offer('Type the password, and then press Enter. It is shown as you type.')
  let text = ''
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += part
    if (text.includes('\n') || text.length > MOST) break
  }
  const [password = ''] = text.split(/\r?\n/)
  if (password.length < LEAST || password.length > MOST) {
    throw new TypeError(`a password must have ${LEAST} to ${MOST} characters`)
  }
  await out.line(await hashPassword(password))
  return EXIT.done
}
