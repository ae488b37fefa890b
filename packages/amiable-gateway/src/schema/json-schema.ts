// The JSON Schema of every payload, as it is shipped with the package.
import { z } from 'zod'
import { replySchema, requestSchema } from './action.ts'
import { auditSchema, eventSchema, fenceSchema, gapSchema, statusSchema } from './log.ts'
import { stateSchema } from './state.ts'

const SCHEMAS = {
  event: [eventSchema, 'An event of an Asterisk, as its log has it'],
  gap: [gapSchema, 'A gap of a log: events may be missing before it'],
  fence: [fenceSchema, 'A fence of a log, which belongs to the gap before it'],
  status: [statusSchema, 'What a gateway says about itself and an Asterisk'],
  request: [requestSchema, 'The body of a request for an action'],
  reply: [replySchema, 'The body of a reply to such a request'],
  audit: [auditSchema, 'What was asked for, by whom, and what became of it'],
  state: [stateSchema, 'A record of the live state'],
} as const

/** Returns the JSON Schema of each payload, by its name. A field more is no fault: `v` grows where one changes its meaning. */
export function jsonSchemas(): Record<keyof typeof SCHEMAS, object> {
  const made = Object.entries(SCHEMAS).map(([name, [schema, title]]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
    return [name, { $schema, $id: `urn:amiable-gateway:${name}`, title, ...rest }]
  })
  return Object.fromEntries(made)
}
