import type { Kind } from 'amiable/state'

/** Every kind, also those that a model keeps only where somebody asks for them. */
export const KINDS: readonly Kind[] = [
  ...(['channels', 'bridges', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints'] as const),
  ...(['agents', 'presence', 'endpoints', 'contacts', 'trunks', 'mailboxes'] as const),
]
