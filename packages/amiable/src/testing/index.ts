export type { Outcome, ReceivedAction } from './action.ts'
export type {
  ChannelControl,
  ChannelInfo,
  CreateChannelOptions,
  QueueControl,
  SystemControl,
} from './controls.ts'
export {
  type EventPattern,
  type EventSource,
  ExpectationError,
  type ExpectOptions,
  expectEvents,
  type HeaderPattern,
  type ObservedEvent,
} from './expect.ts'
export type { Fault, FaultOptions, Faults, FaultVerb } from './faults.ts'
export type { Match, WaitOptions } from './ledger.ts'
export { ManualClock } from './manual-clock.ts'
export type { AsteriskVersion } from './model/core.ts'
export type { QueueMemberOptions, QueueOptions } from './model/queues.ts'
export type { EndpointAnswer, EndpointOptions, MailboxOptions } from './model/stores.ts'
export type { WorldOptions } from './model/world.ts'
export type { ServerOptions, UserOptions } from './options.ts'
export type { PrivilegeClass } from './privileges.ts'
export {
  type Proxy,
  type ProxyListener,
  type ProxyOptions,
  startProxy,
} from './proxy.ts'
export { type RecordableClient, type Recording, record } from './record.ts'
export { type RecordedMessage, readRecording } from './recording.ts'
export { type Replay, type ReplayOptions, replay } from './replay.ts'
export type { ListInit, ListRow, Reply } from './reply.ts'
export {
  type FaultSchedule,
  type ScheduledFault,
  type ScheduledVerb,
  type ScheduleOptions,
  scheduleFaults,
} from './schedule.ts'
export type { ScriptedHandler, ScriptedReply } from './script.ts'
export { type HandleOptions, type SessionInfo, type SimulatedAsterisk, startServer } from './server.ts'
export type { HeadersInit, HeaderValue } from './text.ts'
