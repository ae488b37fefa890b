// The asterisk process of one chroot: found, started, awaited, ended. Found by its root directory, never by a pid file:
// a file can be stale, and another server on this machine must never be taken for ours.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from './machine.ts'

const POLL = 15

/** Waits until `test` gives something; what it waits for has no other way to tell. */
export async function until<T>(what: string, timeout: number, test: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeout
  for (;;) {
    const result = await test()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeout / 1000} s`)
    await sleep(POLL)
  }
}

export function pidsIn(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAsterisk(pid, root))
}

function isAsterisk(pid: number, root: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/root`) !== root) return false
    // -f tells the server from a remote console; a zombie has no command line
    const [program, flag] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return program === '/usr/sbin/asterisk' && flag === '-f'
  } catch {
    return false // it ended while we looked
  }
}

/** /proc is mounted in a namespace that ends with the process: nothing to unmount, whatever happens to it. */
const ENTER = `
if unshare --mount true 2>/dev/null; then
  exec unshare --mount sh -c 'mount -t proc proc "$1/proc"; exec chroot "$1" /usr/sbin/asterisk -f' sh "$1"
fi
exec chroot "$1" /usr/sbin/asterisk -f`

export interface Started {
  pid: number
  /** How it ended, once it has. */
  ended(): string | undefined
}

export function startProcess(root: string, consoleLog: string): Started {
  const log = openSync(consoleLog, 'a')
  // A session of its own: Ctrl-C in the tests, or their end, is not its end. And none of our environment.
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }
  const child = spawn('sh', ['-c', ENTER, 'sh', root], { detached: true, stdio: ['ignore', log, log], env })
  closeSync(log)
  let ended: string | undefined
  child.on('exit', (code, signal) => {
    ended = signal ?? `code ${code}`
  })
  child.on('error', (error) => {
    ended = error.message
  })
  child.unref()
  return { pid: child.pid ?? 0, ended: () => ended }
}

/** Waits for the end of these processes; false when they outlive the timeout. */
export function ended(pids: readonly number[], timeout: number): Promise<boolean> {
  return until('the end of the process', timeout, () => pids.every(isGone)).catch(() => false)
}

/**
 * A killed process becomes a zombie as soon as its first thread ends, while others still hold its sockets: it is gone
 * when it is the last of its threads. (Whether somebody reaps it is not ours to wait for.)
 */
function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const state = stat.charAt(stat.lastIndexOf(')') + 2)
    return (state === 'Z' || state === 'X') && readdirSync(`/proc/${pid}/task`).length === 1
  } catch {
    return true
  }
}

export async function cli(root: string, command: string, timeout = 60_000): Promise<string> {
  const args = [root, '/usr/sbin/asterisk', '-rx', command]
  // Force, because a console whose server is frozen waits and does not listen to gentler signals.
  const options = { maxBuffer: 64 * 1024 * 1024, timeout, killSignal: 'SIGKILL' } as const
  return (await run('chroot', args, options)).stdout
}

/** The banner that a port greets with; undefined when nobody listens or nothing comes. */
export function banner(host: string, port: number, timeout = 2_000): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const finish = (line?: string) => {
      socket.destroy()
      resolve(line)
    }
    let text = ''
    socket.setTimeout(timeout, () => finish())
    socket.on('error', () => finish())
    socket.on('close', () => finish())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.includes('\n')) finish(text.slice(0, text.indexOf('\n')).trimEnd())
    })
  })
}

/** Logs in to an AMI port, and out again; gives what the server said where it refused, undefined where it did not. */
export function tryLogin(
  host: string,
  port: number,
  username: string,
  secret: string,
  timeout = 5_000,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const finish = (refusal?: string) => {
      socket.destroy()
      resolve(refusal)
    }
    let text = ''
    socket.setTimeout(timeout, () => finish(`no answer within ${timeout / 1000} s`))
    socket.on('error', (error) => finish(error.message))
    socket.on('close', () => finish('the connection was closed without an answer'))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const answer = /^Response: (\w+)\r\n(?:.+\r\n)*?Message: (.*)\r\n(?:.+\r\n)*\r\n/m.exec(text)
      if (answer) finish(answer[1] === 'Success' ? undefined : answer[2])
    })
    const login = `Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\nEvents: off\r\n\r\n`
    socket.write(`${login}Action: Logoff\r\n\r\n`)
  })
}

export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => finish(true))
    socket.on('error', () => finish(false))
  })
}
