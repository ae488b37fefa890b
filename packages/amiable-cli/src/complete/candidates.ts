// What can stand at the cursor of a command line: verbs, options, and what a verb takes.
import type { Command, Option } from 'commander'
import { readConfig } from '../context/config-file.ts'
import { configPath, type Environment } from '../context/places.ts'
import { argumentsOf } from './arguments.ts'

/**
 * Returns the candidates for the last of the words, which may be empty.
 * @param define adds the options of a verb
 */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  define: (command: Command) => Promise<void>,
  env: Environment,
): Promise<string[]> {
  const before = words.slice(0, -1)
  const last = words.at(-1) ?? ''
  const { command, args, open } = await placeOf(program, before, define)
  const fitting = (names: readonly string[]) => names.filter((name) => name.startsWith(last))
  if (open !== undefined) return fitting(await valuesOf(open, env))
  if (last.startsWith('-')) return fitting(flagsOf(command))
  if (command === program) return fitting(program.commands.filter(isShown).map((one) => one.name()))
  return fitting(
    await argumentsOf(command.name(), args, last, {
      verbs: program.commands.filter(isShown).map((one) => one.name()),
      contexts: () => contextsOf(env),
    }),
  )
}

interface Place {
  readonly command: Command
  /** What stands behind the verb and is no option. */
  readonly args: readonly string[]
  /** An option whose value comes next. */
  readonly open: Option | undefined
}

async function placeOf(
  program: Command,
  words: readonly string[],
  define: (command: Command) => Promise<void>,
): Promise<Place> {
  let command = program
  let open: Option | undefined
  let plain = false
  const args: string[] = []
  for (const word of words) {
    if (open !== undefined) open = undefined
    else if (word === '--') plain = true
    else if (!plain && word.startsWith('-')) {
      const option = command.options.find((one) => one.long === word || one.short === word)
      if (option?.required) open = option
    } else if (command === program) {
      const found = program.commands.find((one) => one.name() === word)
      if (found === undefined) break
      await define(found)
      command = found
    } else args.push(word)
  }
  return { command, args, open }
}

async function valuesOf({ argChoices, long }: Option, env: Environment): Promise<readonly string[]> {
  if (argChoices) return argChoices
  if (long === '--explain') return Object.keys((await import('../doctor/explanations.ts')).EXPLANATIONS)
  return long === '--context' ? contextsOf(env) : []
}

function flagsOf(command: Command): string[] {
  const own = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? [])
  return [...own, '--help']
}

function isShown(command: Command): boolean {
  return command.name() !== 'complete' && command.name() !== 'manual'
}

function contextsOf(env: Environment): string[] {
  try {
    return Object.keys(readConfig(configPath(env)).contexts)
  } catch {
    // somebody who presses Tab is not the one to tell
    return []
  }
}
