import { detached } from '../util/text.ts'
import type { Message } from '../wire/message.ts'

/** Says what a `Shutdown` announces: the reason for the loss that follows it. */
export function shutdownReasonOf(shutdown: Message): string {
  const restart = shutdown.get('Restart')?.toLowerCase() === 'true'
  const how = detached((shutdown.get('Shutdown') ?? '').slice(0, 32))
  return `Shutdown ${how}${restart ? ', to restart' : ''}`.trim()
}
