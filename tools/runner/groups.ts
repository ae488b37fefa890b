// The groups that a run's time is counted by, and the most that each may take of a whole run.
import { VERSIONS } from '../servers/asterisk/settings.ts'
import type { TestFile } from './discovery.ts'

// what a complete run may take on two cores; the groups run side by side, and each may take all of it
const RUN = 720

/** Seconds from the start of a group's first file to the end of its last. */
const BUDGETS: Readonly<Record<string, number>> = {
  free: RUN,
  ...Object.fromEntries(VERSIONS.map((version) => [`Asterisk ${version}`, RUN])),
  repository: 180,
  coverage: 60,
}

/** The group of a file that no real server keeps waiting. */
export function groupOf({ path, alone }: TestFile): string {
  if (alone) return 'alone'
  return path.startsWith('test/repository/') ? 'repository' : 'free'
}

/** Takes the time of groups whose files run side by side with those of others. */
export class Times {
  #groups = new Map<string, { began: number; ended: number; files: number; sum: number }>()
  #budgets: Readonly<Record<string, number>>

  /** @param budgets seconds, by the group's name */
  constructor(budgets = BUDGETS) {
    this.#budgets = budgets
  }

  /** Runs `work` as a file of these groups. */
  async of<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      const ended = performance.now()
      for (const name of names) {
        const group = this.#groups.get(name) ?? { began, ended, files: 0, sum: 0 }
        this.#groups.set(name, group)
        group.began = Math.min(group.began, began)
        group.ended = Math.max(group.ended, ended)
        group.files++
        group.sum += ended - began
      }
    }
  }

  /**
   * Gives a line for each group. One that took longer than its budget is told so, and no more: the time of a run says
   * as much of the machine as of the tests.
   */
  *lines(): Generator<[line: string, isOver: boolean]> {
    for (const [name, { began, ended, files, sum }] of this.#groups) {
      const took = (ended - began) / 1000
      const budget = this.#budgets[name]
      const most = budget === undefined ? '' : ` of ${budget} s`
      const line = `${name}: ${took.toFixed(0)} s${most}, ${files} files with ${(sum / 1000).toFixed(0)} s`
      yield [line, budget !== undefined && took > budget]
    }
  }
}
