import { checkClient, checkRecord } from '../../check.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'
import { type HangupTarget, hangupParams } from '../hangup-params.ts'

/**
 * Hangs up a channel, or all channels that fit a pattern. Resolves with their names.
 * For Asterisk a name that begins with `/` is a regular expression that may fit every call. So such a `channel` throws.
 * The account needs the write right `call` or `system`. Rejects with `AMI_REFUSED` if there is no such channel.
 * @param options.cause the Q.850 number that the other side receives, 0 to 127
 * @throws {ArgumentError} at once, for a channel's name that begins with `/`, an empty pattern, or both a channel and a
 * pattern
 */
export function hangup(
  client: Pick<Client, 'sendRaw'>,
  target: HangupTarget,
  options: Omit<CallOptions, 'variables'> & { cause?: number | undefined } = {},
): Promise<string[]> {
  checkClient(client)
  checkRecord('options', options)
  const { cause, ...call } = options
  const params = hangupParams(target, cause)
  checkHelperOptions(call, ['variables'])
  return awaited(send(client, params, target.pattern !== undefined, call))
}

async function send(
  client: Pick<Client, 'sendRaw'>,
  params: ReturnType<typeof hangupParams>,
  several: boolean,
  call: CallOptions,
): Promise<string[]> {
  const reply = await client.sendRaw('Hangup', params, call)
  return several ? reply.events.map((event) => event.get('Channel') ?? '') : [params.Channel]
}
