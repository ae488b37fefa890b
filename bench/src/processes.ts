// Processes as Linux counts them.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The process that listens on a port of this machine. */
export const processOn = (port: number): number | undefined => {
  const { stdout } = spawnSync('ss', ['-ltnpH', `sport = :${port}`], { encoding: 'utf8' })
  const found = /pid=(\d+)/.exec(stdout ?? '')
  return found === null ? undefined : Number(found[1])
}

/** What the threads of a process have run so far; /proc/PID/stat counts hundredths of a second. */
export const processorMs = (pid: number | undefined): number => {
  if (pid === undefined) return Number.NaN
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
    } catch {
      // it has ended meanwhile
    }
  }
  return ns / 1e6
}
