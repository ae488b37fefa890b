// What an action's request and reply hold. The types and the JSON Schema come from here.
import { z } from 'zod'

const scalar = z.union([z.string(), z.number(), z.boolean()])

/** The body of a request. */
export const requestSchema = z.strictObject({
  /** The action's parameters. A list is a header that repeats. */
  params: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
  /** Channel variables. */
  variables: z.record(z.string(), scalar).optional(),
  actionId: z.string().optional(),
  /** Of Originate: the reply comes when the call was answered or has failed. */
  wait: z.literal('outcome').optional(),
})

export type RequestBody = z.infer<typeof requestSchema>

const delivered = z.enum(['yes', 'no', 'unknown'])

/** Why an action failed. */
export const errorSchema = z.object({
  /** A code of the library, such as `AMI_REFUSED`, or one of the gateway's, such as `GW_DENIED`. */
  code: z.string(),
  message: z.string(),
  delivered,
  /** Whether the same request may succeed later. */
  retryable: z.boolean(),
})

const message = z.record(z.string(), z.unknown())

/** The body of a reply. */
export const replySchema = z.object({
  ok: z.boolean(),
  server: z.string().nullable(),
  gateway: z.string(),
  /** How many milliseconds the gateway took. */
  ms: z.number(),
  /** Whether Asterisk has received the action: `no` means that it certainly has not. */
  delivered,
  response: message.optional(),
  events: z.array(message).optional(),
  /** What `wait: outcome` waited for. */
  outcome: message.optional(),
  /** The `Uniqueid` of a call that was asked for. */
  channelId: z.string().optional(),
  /** The reply of an earlier request with the same key. */
  replayed: z.literal(true).optional(),
  /** How many rows were sent in pieces. */
  rows: z.number().optional(),
  error: errorSchema.optional(),
})

export type ReplyBody = z.infer<typeof replySchema>
export type ReplyError = z.infer<typeof errorSchema>
export type Delivery = z.infer<typeof delivered>
