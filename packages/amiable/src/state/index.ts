export type { ChangeListener, ChangeListenOptions, ChangesOptions } from './change-hub.ts'
export type { Added, Cause, Change, Changed, ChangeName, ChangeOf, Removed, Reset, Revision } from './changes.ts'
export type { Collection } from './collection.ts'
export type { QueueWindow } from './fold/queue-window.ts'
export type { Followed, FollowOptions, Step } from './follow.ts'
export type {
  Freshness,
  FreshnessBlind,
  FreshnessListing,
  FreshnessLive,
  FreshnessStale,
  FreshnessWaiting,
  StaleReason,
} from './freshness.ts'
export type { Kind } from './kinds.ts'
export type { StateOptions } from './options.ts'
export type {
  Agent,
  Bridge,
  Call,
  Caller,
  CallParty,
  CallQueue,
  Cdr,
  ChangeKind,
  Channel,
  ChannelState,
  Contact,
  ContactStatus,
  Device,
  DeviceStatus,
  Dial,
  Endpoint,
  Hint,
  Leg,
  Mailbox,
  Member,
  ParkedCall,
  Party,
  Presence,
  PresenceStatus,
  Queue,
  QueueCounts,
  Records,
  Room,
  RoomParty,
  Transfer,
  Trunk,
} from './records.ts'
export type { Snapshot } from './snapshot.ts'
export type { SourceListener, SourceStatus, StateSource } from './source.ts'
export { type State, watch } from './state.ts'
export { type Collections, type FleetSource, type MergedQueue, type Sourced, type States, watchAll } from './states.ts'
export type {
  Difference,
  KindBlind,
  KindDrift,
  KindLimit,
  KindLive,
  KindStale,
  KindWaiting,
  StateStats,
  StateStatus,
} from './status.ts'
export type { Told as SourceEvent } from './told.ts'
