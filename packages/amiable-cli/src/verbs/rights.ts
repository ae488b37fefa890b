import { actionFacts, actions, eventFacts, events, rightsFor } from 'amiable/catalog'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import type { Io } from '../io.ts'
import { purposeOf, section } from '../managerconf/section.ts'
import { outputOptions } from '../options.ts'
import { jsonText } from '../output/json.ts'
import { NEEDS, needsOption } from '../server/needs.ts'
import { type Input, verb } from './verb.ts'

interface Options {
  readonly for?: readonly string[]
  readonly asterisk?: string
  readonly name?: string
  readonly output?: 'text' | 'json'
  readonly json?: boolean
}

/** `amiable rights ACTION… +EVENT…`: the section of manager.conf that a program needs. */
export const rights = verb<Options>({
  define: (command) => {
    command
      .argument('[names...]', 'actions, and events with a + before them')
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', NOTES)
      .optionsGroup('Rights:')
      .addOption(needsOption('what a verb of amiable needs'))
      .option('--asterisk <version>', 'for this version: 22 or 22.10.1')
      .option('--name <account>', 'the name of the section (NAME)')
    outputOptions(command, ['text', 'json'], 'text')
  },
  run,
})

const EXAMPLES = `amiable rights Originate Hangup +OriginateResponse +Hangup +DialEnd
amiable rights --for originate --asterisk 22 --name clicktocall
`
const NOTES = `
An action needs one of its classes, an event all of its. Where several would do,
the weakest is taken: one that does not open the server itself.`

async function run(io: Io, { args, options }: Input<Options>): Promise<number> {
  const profiles = (options.for ?? []).map((name) => NEEDS[name])
  const wanted = {
    actions: [
      ...args.filter((name) => !name.startsWith('+')).map(actionNamed),
      ...profiles.flatMap((one) => one?.actions ?? []),
    ],
    events: [
      ...args.filter((name) => name.startsWith('+')).map(eventNamed),
      ...profiles.flatMap((one) => one?.events ?? []),
    ],
  }
  if (wanted.actions.length + wanted.events.length === 0) {
    throw usage(
      'rights needs actions, events with a + before them, or --for',
      'amiable rights Originate +OriginateResponse',
    )
  }
  if (options.asterisk !== undefined && !/^\d+(?:\.\d+)*$/.test(options.asterisk))
    throw usage('--asterisk must be a version as in 22 or 22.10.1')
  const found = rightsFor({ ...wanted, ...(options.asterisk !== undefined && { version: options.asterisk }) })
  if (options.json || options.output === 'json') {
    await io.out.line(jsonText({ ...wanted, ...found }))
    return EXIT.done
  }
  const purpose = purposeOf(wanted.actions.length, wanted.events.length, options.asterisk)
  const lines = section(found, { name: options.name, purpose, version: options.asterisk })
  await io.out.line(lines.join('\n'))
  return EXIT.done
}

function actionNamed(given: string): string {
  const name = actionFacts(given)?.name
  if (name !== undefined) return name
  const hint = eventFacts(given) ? `It is an event: +${eventFacts(given)?.name}` : undefined
  throw usage(
    `there is no action ${given}${hint ? '' : didYouMean(given, Object.keys(actions))}`,
    ...(hint ? [hint] : []),
  )
}

function eventNamed(given: string): string {
  const name = eventFacts(given.slice(1))?.name
  if (name !== undefined) return name
  throw usage(`there is no event ${given.slice(1)}${didYouMean(given.slice(1), Object.keys(events))}`)
}
