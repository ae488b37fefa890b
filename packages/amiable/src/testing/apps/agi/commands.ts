import { Listener } from '../../model/frames.ts'
import { runGosub } from '../stack.ts'
import type { AgiCall, Handler, Known, Returned } from './call.ts'
import { dataCommands } from './data-commands.ts'
import { mediaCommands } from './media-commands.ts'
import { sayCommands } from './say-commands.ts'
import { USAGES } from './usages.ts'
import { wordsOf } from './words.ts'

const ANY = Number.POSITIVE_INFINITY

/** How many words may follow each name, where not any number may, by the handlers of res_agi.c. */
const counts: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'CHANNEL STATUS': [0, 1],
  'CONTROL STREAM FILE': [2, 7],
  'DATABASE DEL': [2, 2],
  'DATABASE DELTREE': [1, 2],
  'DATABASE GET': [2, 2],
  'DATABASE PUT': [3, 3],
  EXEC: [1, ANY],
  'GET DATA': [1, ANY],
  'GET FULL VARIABLE': [1, 2],
  'GET OPTION': [2, 3],
  'GET VARIABLE': [1, 1],
  GOSUB: [3, 4],
  HANGUP: [0, 1],
  'RECEIVE CHAR': [1, 1],
  'RECEIVE TEXT': [1, 1],
  'RECORD FILE': [4, ANY],
  'SAY ALPHA': [2, 3],
  'SAY DATE': [2, 2],
  'SAY DATETIME': [2, ANY],
  'SAY DIGITS': [2, 2],
  'SAY NUMBER': [2, 3],
  'SAY PHONETIC': [2, 2],
  'SAY TIME': [2, 2],
  'SEND IMAGE': [1, 1],
  'SEND TEXT': [1, 1],
  'SET AUTOHANGUP': [1, 1],
  'SET CONTEXT': [1, 1],
  'SET EXTENSION': [1, 1],
  'SET MUSIC': [1, ANY],
  'SET PRIORITY': [1, 1],
  'SET VARIABLE': [2, 2],
  'SPEECH ACTIVATE GRAMMAR': [1, 1],
  'SPEECH DEACTIVATE GRAMMAR': [1, 1],
  'SPEECH LOAD GRAMMAR': [2, 2],
  'SPEECH RECOGNIZE': [2, ANY],
  'SPEECH SET': [2, 2],
  'SPEECH UNLOAD GRAMMAR': [1, 1],
  'STREAM FILE': [2, 3],
  'TDD MODE': [1, 1],
  VERBOSE: [1, ANY],
  'WAIT FOR DIGIT': [1, 1],
}

const workOnTheDead = new Set([
  'ASYNCAGI BREAK',
  'DATABASE DEL',
  'DATABASE DELTREE',
  'DATABASE GET',
  'DATABASE PUT',
  'EXEC',
  'GET FULL VARIABLE',
  'GET VARIABLE',
  'NOOP',
  'SET VARIABLE',
  'SPEECH DESTROY',
  'SPEECH UNLOAD GRAMMAR',
  'VERBOSE',
])

const gosub: Handler = (command) => runGosub(command.call, command.args)

const handlers: Readonly<Record<string, Handler>> = {
  ...dataCommands,
  ...mediaCommands,
  ...sayCommands,
  GOSUB: gosub,
}

/** res_agi.c:commands, and app_stack.c's GOSUB, each by its name in capitals. */
export const agiTable: ReadonlyMap<string, Known> = new Map(
  Object.entries(handlers).map(([name, run]): [string, Known] => {
    const [least, most] = counts[name] ?? [0, ANY]
    return [name, { run, least, most, dead: workOnTheDead.has(name) }]
  }),
)

/** How a command ended: FAILURE and the break are for whoever runs the AGI. */
export type Handled = 'success' | 'failure' | 'break'

/** Runs one command (res_agi.c:agi_handle_command): its answer goes to the call, its events to all who listen. */
export async function handle(call: AgiCall, line: string, dead: boolean): Promise<Handled> {
  const { world, channel } = call
  const id = world.core.random.integer(1, 2_147_483_647)
  const head = `CommandId: ${id}\r\nCommand: ${line}\r\n`
  const over = (code: number, says: string): void =>
    world.channels.emit('AGIExecEnd', channel, `${head}ResultCode: ${code}\r\nResult: ${says}\r\n`)
  world.channels.emit('AGIExecStart', channel, head)
  const words = wordsOf(line)
  channel.agiTap?.came(words)
  const instead = channel.agiTap?.instead(words)
  if (instead !== undefined) {
    call.send(instead)
    over(Number.parseInt(instead, 10) || 200, 'Success')
    return 'success'
  }
  const found = find(words)
  if (found === undefined) {
    const unknown = 'Invalid or unknown command'
    call.send(`510 ${unknown}\n`)
    over(510, unknown)
    return 'success'
  }
  const { name, known } = found
  if (dead && !known.dead) {
    const forbidden = 'Command Not Permitted on a dead channel or intercept routine'
    call.send(`511 ${forbidden}\n`)
    over(511, forbidden)
    return 'success'
  }
  const args = words.slice(name.split(' ').length)
  const returned = await run(call, known, args)
  if (returned === 'usage') {
    over(520, 'Usage')
    call.send(`520-Invalid command syntax.  Proper usage follows:\n${usageOf(name)}\n520 End of proper usage.\n`)
    return 'success'
  }
  if (returned === 'failure') {
    over(-1, 'Failure')
    return 'failure'
  }
  over(200, returned === 'unknown' ? 'Unknown Result' : 'Success')
  return returned === 'break' ? 'break' : 'success'
}

async function run(call: AgiCall, known: Known, args: readonly string[]): Promise<Returned> {
  if (args.length < known.least || args.length > known.most) return 'usage'
  using ears = new Listener(call.world.core, call.channel)
  return await known.run({ call, args, ears })
}

/** Finds a command by the words of its name, in any case of letters (res_agi.c:find_command). */
function find(words: readonly string[]): { name: string; known: Known } | undefined {
  for (const count of [1, 2, 3]) {
    const name = words.slice(0, count).join(' ').toUpperCase()
    const known =
      words.length >= count && !words.slice(0, count).some((word) => word.includes(' ')) && agiTable.get(name)
    if (known) return { name, known }
  }
  return undefined
}

function usageOf(name: string): string {
  const start = USAGES.indexOf(`\n${name}|`)
  const [, syntax = '', text = ''] = USAGES.slice(start + 1)
    .split('\n', 1)[0]!
    .split('|')
  return `Usage: ${`${name} ${syntax}`.trim()}\n${text}`
}
