export type { ChangeListener, ChangeListenOptions, ChangesOptions } from './change-hub.ts'
export type { Added, Cause, Change, Changed, ChangeName, ChangeOf, Removed, Reset, Revision } from './changes.ts'
export type { Collection } from './collection.ts'
export type { QueueWindow } from './fold/queue-window.ts'
export type { Followed, FollowOptions, Step } from './follow.ts'
export type { Freshness, StaleReason } from './freshness.ts'
export type { Kind } from './kinds.ts'
export type { StateOptions } from './options.ts'
export type {
  Bridge,
  Call,
  Caller,
  CallParty,
  CallQueue,
  Cdr,
  ChangeKind,
  Channel,
  ChannelState,
  Device,
  DeviceStatus,
  Dial,
  Hint,
  Leg,
  Member,
  ParkedCall,
  Party,
  Queue,
  QueueCounts,
  Records,
  Room,
  RoomParty,
  Transfer,
} from './records.ts'
export type { SourceListener, SourceStatus, StateSource } from './source.ts'
export { type Snapshot, type State, type StateStats, watch } from './state.ts'
export type { Difference, StateStatus } from './status.ts'
export type { Told } from './told.ts'
