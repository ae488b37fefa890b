import type { Message } from '../wire/message.ts'

/** Says what a `Shutdown` announces: the reason for the loss that follows it. */
export function shutdownReasonOf(shutdown: Message): string {
  const restart = shutdown.get('Restart')?.toLowerCase() === 'true'
  return `Shutdown ${shutdown.get('Shutdown') ?? ''}${restart ? ', to restart' : ''}`.trim()
}
