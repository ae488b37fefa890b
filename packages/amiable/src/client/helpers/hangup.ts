import { checkClient, checkRecord } from '../../check.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'
import { type HangupTarget, hangupParams } from '../hangup-params.ts'

/**
 * Hangs up, and resolves with the names of the channels: the one that was asked for, or all that fitted.
 * To Asterisk a name that begins with `/` is a regular expression which may fit every call there is; as a `channel`
 * it is refused. Needs the write right `call` or `system`.
 * @param options.cause the Q.850 number that the other side is told, 0 to 127
 * @throws {ArgumentError} at once for a channel's name that begins with `/`, an empty pattern, or both
 * Rejects with `AMI_REFUSED` where there is no such channel.
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
  return send(client, params, target.pattern !== undefined, call)
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
