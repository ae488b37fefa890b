import { got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { CallOptions } from '../calls/call.ts'
import type { Client } from '../client.ts'

/** What to hang up: one channel, or, with a name of its own so that it is never meant by chance, all that fit. */
export type HangupTarget =
  | {
      /** A channel by its name or its `Uniqueid`. */
      readonly channel: string
    }
  | {
      /** Every channel whose name fits this POSIX extended regular expression, written without slashes. */
      readonly pattern: string
    }

/**
 * Hangs up and gives the names of the channels: the one that was asked for, or all that fitted.
 * To Asterisk a name that begins with `/` is a regular expression which may fit every call there is; as a `channel`
 * it is refused. Needs the write right `call` or `system`.
 * @param options.cause the Q.850 number that the other side is told, 0 to 127
 * @throws {ArgumentError} at once for a channel's name that begins with `/`, or an empty pattern
 * Rejects with `AMI_REFUSED` where there is no such channel.
 */
export function hangup(
  client: Pick<Client, 'sendRaw'>,
  target: HangupTarget,
  options: Omit<CallOptions, 'variables'> & { cause?: number | undefined } = {},
): Promise<string[]> {
  const { cause, ...call } = options
  // main/manager.c:action_hangup
  if (cause !== undefined && !(Number.isInteger(cause) && cause >= 0 && cause <= 127)) {
    throw invalid('cause', `must be a whole number from 0 to 127, ${got(cause)}`)
  }
  const Channel = channelOf(target)
  const send = async () => {
    const reply = await client.sendRaw('Hangup', { Channel, Cause: cause }, call)
    return 'pattern' in target ? reply.events.map((event) => event.get('Channel') ?? '') : [Channel]
  }
  return send()
}

function channelOf(target: HangupTarget): string {
  if ('pattern' in target) {
    if (target.pattern === '')
      throw invalid('pattern', 'must not be empty: that fits every channel; write .* if you mean it')
    return `/${target.pattern}/`
  }
  const { channel } = target
  if (typeof channel !== 'string' || channel === '')
    throw invalid('channel', `must be a channel's name, ${got(channel)}`)
  if (channel.startsWith('/'))
    throw invalid('channel', 'must not begin with a slash, which makes it a pattern for Asterisk: give it as pattern')
  return channel
}
