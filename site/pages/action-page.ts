import { eventFacts } from 'amiable/catalog'
import { slow, twice } from '../../tools/codegen/src/overlay/behaviour.ts'
import { endings } from '../../tools/codegen/src/overlay/endings.ts'
import { type ActionEntry, actionLink, eventLink } from './catalog.ts'
import { exampleOfAction } from './examples.ts'
import { block, code, frontMatter, listed, type Page, prose, tabs } from './markdown.ts'
import { oddActions, raises } from './oddities.ts'
import { example, fields, rights, strip } from './parts.ts'
import { relatedTo } from './related.ts'
import { actionCode, actionCommand, actionWire } from './samples.ts'

/** Returns the page of an action. */
export function actionPage(action: ActionEntry): Page {
  const { name, summary, facts, parameters, reply, asterisks } = action
  const parts = [
    strip(action),
    prose(summary),
    ...(facts.replacedBy === undefined ? [] : [`In its place there is ${actionLink(facts.replacedBy)}.`]),
    tabs(
      block('sh', actionCommand(action), 'amiable'),
      block('ts', actionCode(action), 'TypeScript'),
      block('http', actionWire(action), 'on the wire'),
    ),
    '## Parameters',
    parameters.length === 0 ? 'It takes none.' : fields('action', parameters, 'Parameter', '**required**'),
    '## Answer',
    ...answer(action),
    '## Rights',
    rights(action),
    '## What it does to the server',
    effect(action),
    ...(oddActions[name] === undefined ? [] : ['## What is odd', oddActions[name]]),
    '## Example',
    example(exampleOfAction(name)),
    '## Related',
    relatedTo(action),
    ...(asterisks === undefined ? [] : [`Asterisk’s own page: [${name} on docs.asterisk.org](${asterisks})`]),
  ]
  const head = frontMatter({ title: `${name} (action)`, description: summary, editLink: false })
  return { path: `actions/${name}.md`, text: `${head}\n# ${name}\n\n${parts.join('\n\n')}\n` }

  function answer({ facts: { rows, completion } }: ActionEntry): string[] {
    const lines: string[] = []
    if (rows.length > 0) lines.push(`Rows: ${listed(rows.map(eventLink))}.`)
    if (completion !== undefined) lines.push(`The list is complete with ${eventLink(completion)}.`)
    const raised = (raises[name] ?? []).filter((one) => eventFacts(one) !== undefined)
    if (raised.length > 0) lines.push(`What follows comes as events: ${listed(raised.map(eventLink))}.`)
    const said = [...(lines.length > 0 ? [lines.join(' ')] : [])]
    if (reply.length > 0) said.push(fields('action', reply, 'Header', ''))
    return said.length > 0 ? said : ['`Response` and `Message`, as every action has them.']
  }
}

function effect({ name, facts }: ActionEntry): string {
  const lines = [
    facts.reads
      ? 'It reads, and changes nothing.'
      : facts.twice
        ? `It acts again when it is sent again: ${why(twice[name] ?? '')}.`
        : 'It sets a state. Sent again, it changes nothing more.',
  ]
  const blocks = facts.slow
  if (blocks === 'always') lines.push(`It may block its session for an unknown time: ${why(slow[name]?.why ?? '')}.`)
  else if (blocks !== undefined && 'calls' in blocks) {
    lines.push(`It blocks its session while ${code(blocks.calls)} calls a function of the dialplan, such as CURL.`)
  } else if (blocks !== undefined) {
    const least = blocks.otherwise === undefined ? '' : `, without it ${blocks.otherwise} ms`
    const unless = blocks.unless === undefined ? '' : `, unless ${code(blocks.unless)} is true`
    lines.push(`It blocks its session for as long as ${code(blocks.lasts)} says${least}${unless}.`)
  }
  const ending = endings[name]
  if (ending !== undefined) lines.push(`${ENDINGS[ending.ending]} The client knows how to read it.`)
  return lines.join(' ')
}

const ENDINGS = {
  bare: 'Its completing event has no `EventList`.',
  open: 'Its answer announces events and does not mark the last.',
  nameless: 'Its rows carry no ActionID.',
  raw: 'Its answer has lines that are neither a response nor an event.',
  fused: 'Its events may come without a blank line between them.',
  verdict: 'A second response says how it went.',
}

/** `main/manager.c:action_agi: the command runs again` as prose, with the function behind it. */
function why(text: string): string {
  const [, place, said] = /^(\S+?\.c(?::\w+)?):? (.*)$/.exec(text) ?? []
  return place === undefined || said === undefined ? prose(text) : `${prose(said)} (${code(place)})`
}
