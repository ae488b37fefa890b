import { recoverableFaults, type ScheduledVerb } from 'amiable/testing'
import { didYouMean, usage } from '../errors/usage.ts'
import { durationOf } from '../output/time.ts'

/** Which faults, and how often. */
export interface FaultPlan {
  readonly seed: number
  /** Milliseconds from one to the next: half of it to one and a half. */
  readonly every: number
  readonly only: readonly ScheduledVerb[]
}

const EVERY = 5_000

/** Reads `seed=7,every=5s,only=reset+drop`. @throws {CliError} if it is something else */
export function faultsOf(text: string): FaultPlan {
  const plan = { seed: 1, every: EVERY, only: recoverableFaults() as readonly ScheduledVerb[] }
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [, name = part, value = ''] = /^(\w+)=(.*)$/.exec(part) ?? []
    if (name === 'seed') plan.seed = seedOf(value)
    else if (name === 'every') plan.every = timeOf(value)
    else if (name === 'only') plan.only = value.split('+').map(faultOf)
    else
      throw usage(
        `--faults knows no ${name}${didYouMean(name, ['seed', 'every', 'only'])}`,
        'As in seed=7,every=5s,only=reset+drop',
      )
  }
  return plan
}

function seedOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw usage('seed of --faults must be a whole number')
  return Number(text)
}

function timeOf(text: string): number {
  const time = durationOf(text)
  if (time === undefined || time < 2) throw usage('every of --faults must be a time such as 5s or 250ms')
  return Math.round(time)
}

function faultOf(text: string): ScheduledVerb {
  const known = recoverableFaults()
  const found = known.find((name) => name === text)
  if (found === undefined)
    throw usage(`there is no fault ${text}${didYouMean(text, known)}`, `There are ${known.join(', ')}.`)
  return found
}
