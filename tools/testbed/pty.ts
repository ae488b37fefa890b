// A terminal for a command, held by Python, whose library has what Node's lacks: one that is closed, one that nobody
// reads, and one on which a line is typed.
import { spawn, spawnSync } from 'node:child_process'
import { ended } from './command.ts'

export const hasPty = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0

/** How a terminal is held: read and then closed, or never read and then a ^C. */
export type Hold = 'closed' | 'unread'

// its own input ends the hold
const HOLDER = `
import os, pty, select, signal, sys, time
how = sys.argv[1]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
if how == 'closed':
    while True:
        ready, _, _ = select.select([terminal, sys.stdin], [], [])
        if sys.stdin in ready:
            break
        os.read(terminal, 65536)
    os.close(terminal)
else:
    sys.stdin.read()
    os.kill(pid, signal.SIGINT)
deadline = time.time() + 60
while time.time() < deadline:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        print(os.waitstatus_to_exitcode(status))
        sys.exit()
    time.sleep(0.05)
os.kill(pid, signal.SIGKILL)
print('it did not end')
`

/** A command on a terminal that is held. */
export interface HeldTerminal {
  /** Closes the terminal, or sends ^C. Resolves with how the command ended: its exit status, or a signal below 0. */
  release(): Promise<string>
}

export interface PtyOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** Runs a command on a terminal. */
export function holdTerminal(how: Hold, command: readonly string[], options: PtyOptions): HeldTerminal {
  const holder = spawn('python3', ['-c', HOLDER, how, ...command], options)
  const done = ended(holder)
  return {
    async release() {
      holder.stdin.end()
      const { stdout, stderr } = await done
      return (stdout || stderr).trim()
    },
  }
}

// types a line when the terminal shows a colon at the end, and prints everything that the terminal showed
const TYPIST = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown, typed = b'', False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if not typed and (shown.rstrip().endswith(b':') or shown.rstrip().endswith(b'[y/N]')):
        typed = True
        os.write(terminal, sys.argv[1].encode() + b'\\r')
print(shown.decode().replace('\\r', ''), end='')
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

/** Answers the question of a command with a line. Resolves with all that the terminal showed, and the exit status. */
export async function typeLine(text: string, command: readonly string[], options: PtyOptions): Promise<string> {
  const { stdout } = await ended(spawn('python3', ['-c', TYPIST, text, ...command], options))
  return stdout
}
