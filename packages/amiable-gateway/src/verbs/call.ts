import { didYouMean, EXIT, jsonText, usage, visible } from 'amiable-settings'
import { Option } from 'commander'
import { classedAction, classedActions, classOfRequest, isClassed } from '../actions/classes.ts'
import { ActionParams } from '../actions/params.ts'
import { request } from '../client/request.ts'
import { asTeam, type TeamOptions } from '../run/as-team.ts'
import type { ReplyBody } from '../schema/action.ts'
import { duration, isJson, type OutputOptions, outputOptions, teamOptions } from './options.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway call -c gateway.yaml pbx1 QueuePause Interface=SIP/1 Paused=1
amiable-gateway call --nats n1 --user ops --password-file p any CoreStatus
`
const MOST_ROWS = 1_000

interface Options extends OutputOptions, TeamOptions {
  readonly class?: string
  readonly key?: string
  readonly timeout?: number
  readonly caller?: string
  readonly variable?: readonly string[]
  readonly wait?: boolean
}

/** `amiable-gateway call SERVER ACTION Name=value…`: one action by request and reply. */
export const call = verb<Options>({
  define: (command) => {
    command
      .argument('<server>', 'the Asterisk, or any for an action of class read')
      .argument('<action>', 'the action, as Asterisk spells it')
      .argument('[parameters...]', 'Name=value')
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
Leaves with 0 if Asterisk has done it, 1 if Asterisk or a rule said no, 3 if it
was not delivered, 5 if it came too late and was not delivered, 6 if nobody
knows, and 7 at a limit. With --key it is safe to ask again after 3, 5 and 6.`,
      )
      .option('--key <key>', 'of all requests with this key one runs')
      .addOption(duration('--timeout <time>', 'how long it may take; it never runs later (10s)'))
      .addOption(new Option('--variable <name=value>', 'a channel variable, again for each').argParser(collect))
      .option('--wait', 'of Originate: waits until the call is answered or has failed')
      .option('--class <class>', 'the class that the subject names')
      .option('--caller <name>', 'who you are, for the audit')
    outputOptions(teamOptions(command))
  },
  async run(io, { args, options }) {
    const [server = '', named = '', ...words] = args
    if (!/^[\w-]{1,32}$/.test(server)) throw usage(`the server must be a name such as pbx1, or any`)
    if (!/^[A-Za-z][\w-]{0,63}$/.test(named)) throw usage('the action must be a name such as QueuePause')
    const near = isClassed(named)
      ? ''
      : didYouMean(
          named,
          classedActions().map(({ name }) => name),
        )
    if (near !== '') throw usage(`there is no action ${named}${near}`)
    const params = valuesOf(words, 'a parameter')
    const action = classedAction(named)
    const group = options.class ?? classOfRequest(action, new ActionParams(params))
    const query = {
      server,
      action: action.name,
      class: group,
      params,
      variables: Object.fromEntries(Object.entries(valuesOf(options.variable ?? [], '--variable')).map(onlyOne)),
      ...(options.key !== undefined && { key: options.key }),
      ...(options.timeout !== undefined && { timeout: options.timeout }),
      ...(options.caller !== undefined && { caller: options.caller }),
      ...(options.wait && { wait: 'outcome' as const }),
    }
    return await asTeam(options, io.env, async ({ connection, prefix, servers }) => {
      if (servers !== undefined && server !== 'any' && !servers.includes(server)) {
        throw usage(`there is no Asterisk ${server} in the configuration${didYouMean(server, servers)}`)
      }
      const reply = await request(connection, { ...query, prefix })
      await io.out.line(isJson(options) ? jsonText(reply) : textOf(reply))
      void io.err.line(
        `amiable-gateway: delivered: ${reply.delivered}, by ${visible(reply.gateway)} in ${reply.ms} ms${reply.replayed ? ', the reply of an earlier request with this key' : ''}`,
      )
      return EXIT.done
    })
  },
})

function collect(given: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), given]
}

/** Reads `Name=value` words; a name that comes again is a list. */
function valuesOf(words: readonly string[], what: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw usage(`${what} must be Name=value, got ${word.slice(0, 40)}`)
    const name = word.slice(0, at)
    const before = values[name]
    const value = word.slice(at + 1)
    values[name] = before === undefined ? value : [...[before].flat(), value]
  }
  return values
}

function onlyOne([name, value]: [string, string | string[]]): [string, string] {
  if (typeof value === 'string') return [name, value]
  throw usage(`--variable ${name} cannot be given twice`)
}

function textOf({ response, events = [], outcome, channelId }: ReplyBody): string {
  const head = [
    ...(response === undefined ? [] : [response]),
    ...(outcome === undefined ? [] : [outcome]),
    ...(channelId === undefined ? [] : [{ ChannelId: channelId }]),
  ]
  const blocks = [...head, ...events.slice(0, MOST_ROWS)].map((one) =>
    Object.entries(one)
      .flatMap(([name, value]) => [value].flat().map((each) => `${visible(name)}: ${visible(wordOf(each))}`))
      .join('\n'),
  )
  const more = events.length > MOST_ROWS ? [`and ${events.length - MOST_ROWS} more`] : []
  return [...blocks, ...more].join('\n\n')
}

function wordOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
