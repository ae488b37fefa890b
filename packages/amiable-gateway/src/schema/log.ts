// What the messages of a log, of the stream of gateways, and of the audit hold. The JSON Schema comes from here; a test
// compares it with the types that the code uses.
import { z } from 'zod'

const text = z.string()
const at = z.iso.datetime()

const message = {
  v: z.literal(1),
  /** `server-log-seq`: no two messages have the same. */
  id: text,
  server: text,
  log: text,
  seq: z.int(),
  term: z.int(),
  run: text,
  at,
}

/** An event of an Asterisk. */
export const eventSchema = z.object({
  ...message,
  event: text,
  call: text.optional(),
  hash: text,
  data: z.record(text, z.union([text, z.array(text)])),
  truncated: z.int().optional(),
})

/** Events may be missing before this message. */
export const gapSchema = z.object({
  ...message,
  status: z.literal('gap'),
  gateway: text,
  cause: z.enum(['asterisk-down', 'link', 'no-gateway', 'overflow', 'slow', 'alignment']),
  from: z.object({ seq: z.int(), at: at.nullable() }),
  to: z.object({ at }),
  lost: z.int().nullable(),
  resync: z.literal(true),
})

/** Belongs to the gap before it. */
export const fenceSchema = z.object({ ...message, status: z.literal('fence') })

/** What a gateway says about itself and a server, beside the log. */
export const statusSchema = z.object({
  v: z.literal(1),
  server: text,
  gateway: text,
  at,
  status: z.enum(['writer', 'up', 'down', 'beat']),
  term: z.int().optional(),
  reason: text.optional(),
  digest: text.optional(),
  error: text.optional(),
  version: text.nullable().optional(),
  epoch: z.int().optional(),
})

/** A line of the audit. */
export const auditSchema = z.object({
  v: z.literal(1),
  at,
  gateway: text,
  server: text,
  action: text,
  class: text,
  caller: z.object({
    from: text,
    claimed: text.optional(),
    account: text.optional(),
    user: text.optional(),
  }),
  target: text.optional(),
  params: z.array(text),
  outcome: text,
  rule: text.optional(),
  delivered: z.enum(['yes', 'no', 'unknown']),
  replayed: z.literal(true).optional(),
  ms: z.number(),
})
