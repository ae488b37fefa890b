import { AgiQueue } from '../../model/agi-tap.ts'
import { uriEncode } from '../../protocol/byte-text.ts'
import type { ApplicationCall } from '../pbx.ts'
import type { AgiCall } from './call.ts'
import { handle } from './commands.ts'
import { environment } from './environment.ts'

// res_agi.c:AGI_BUF_SIZE, and AMI_BUF_SIZE with the end of the string
const READ = 1024
const ENCODED = 2047

/** How an AGI ended (res_agi.c:agi_result), as AGISTATUS says it. */
export type Status = 'SUCCESS' | 'FAILURE' | 'NOTFOUND' | 'HANGUP'

/**
 * Runs the commands that the AGI action queues, one after the other (res_agi.c:launch_asyncagi). Answers go through a
 * pipe of which each event takes one read: the rest is the beginning of the next event's.
 */
export async function asyncAgi({ world, channel, runner }: ApplicationCall, args: readonly string[]): Promise<Status> {
  channel.agiQueue ??= new AgiQueue()
  const queue = channel.agiQueue
  let pipe = ''
  const read = (): string => {
    const part = pipe.slice(0, READ)
    pipe = pipe.slice(READ)
    // uri_encode reads a C string
    return uriEncode(part.split('\0', 1)[0]!, ENCODED)
  }
  const call: AgiCall = {
    world,
    channel,
    pbx: runner,
    input: undefined,
    send: (text) => {
      pipe += text
    },
  }
  call.send(environment(world, channel, 'async', args))
  world.channels.emit('AsyncAGIStart', channel, `Env: ${read()}\r\n`)
  const end = (status: Status): Status => {
    if (!channel.gone) world.channels.emit('AsyncAGIEnd', channel)
    return status
  }
  for (;;) {
    if (channel.interrupted || channel.gone) return end('HANGUP')
    const next = channel.agiTap?.silent ? undefined : queue.take()
    if (next === undefined) {
      await (channel.agiTap?.silent ? channel.wait(Number.POSITIVE_INFINITY) : queue.filled(channel))
      continue
    }
    const handled = await handle(call, next.command, false)
    const id = next.id === '' ? '' : `CommandId: ${next.id}\r\n`
    world.channels.emit('AsyncAGIExec', channel, `Result: ${read()}\r\n${id}`)
    channel.agiTap?.answered()
    if (handled === 'break') return end('SUCCESS')
    if (handled === 'failure' && !channel.interrupted) return end('FAILURE')
  }
}
