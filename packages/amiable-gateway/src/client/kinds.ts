import type { RecordKind, StateKind } from '../schema/state.ts'

/** The kinds by the words of the store; the schema, which has them the other way, would bring its library with it. */
export const KIND_OF: Readonly<Record<RecordKind, StateKind>> = {
  channel: 'channels',
  bridge: 'bridges',
  call: 'calls',
  queue: 'queues',
  room: 'rooms',
  parked: 'parking',
  device: 'devices',
  hint: 'hints',
  agent: 'agents',
  presence: 'presence',
  endpoint: 'endpoints',
  contact: 'contacts',
  trunk: 'trunks',
  mailbox: 'mailboxes',
}
