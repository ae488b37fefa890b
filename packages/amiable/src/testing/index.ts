export type {
  AgiAnswer,
  AgiCaller,
  AgiEnding,
  DialplanPlace,
} from './caller/agi-caller.ts'
export type { AgiFaults } from './caller/agi-faults.ts'
export { type CallAgiOptions, callAgi } from './caller/call-agi.ts'
export type {
  ChannelControl,
  ChannelInfo,
  CreateChannelOptions,
  QueueControl,
  SystemControl,
} from './controls.ts'
export type { BootOptions } from './engine/boot-sequence.ts'
export type { ScriptedHandler, ScriptedReply } from './engine/scripted.ts'
export {
  type EventSource,
  ExpectationError,
  type ExpectOptions,
  expectEvents,
} from './expect.ts'
export type { Faults } from './faults/faults.ts'
export type { Fault, FaultOptions, FaultVerb } from './faults/rule.ts'
export {
  type FaultSchedule,
  recoverableFaults,
  type ScheduledFault,
  type ScheduledVerb,
  type ScheduleOptions,
  scheduleFaults,
} from './faults/schedule.ts'
export type { Match, WaitOptions } from './ledger.ts'
export { type HeadersMatcher, like } from './like.ts'
export type { AsteriskVersion } from './model/core.ts'
export type { QueueMemberOptions, QueueOptions } from './model/queues.ts'
export type { RegistrationOptions, RegistrationStatus } from './model/registrations.ts'
export type { ContactStatus, EndpointAnswer, EndpointOptions, MailboxOptions } from './model/stores.ts'
export type { WorldOptions } from './model/world.ts'
export type { ServerOptions, UserOptions } from './options.ts'
export type { EventPattern, HeaderPattern, ObservedEvent } from './patterns.ts'
export type { HeadersInit, HeaderValue } from './protocol/byte-text.ts'
export type { PrivilegeClass } from './protocol/privileges.ts'
export type { Outcome, ReceivedAction } from './protocol/received-action.ts'
export type { ListInit, ListRow, Reply } from './protocol/reply.ts'
export { type RecordedEvent, type RecordedEvents, readEvents } from './recording/events.ts'
export { type ImportOptions, importRecording } from './recording/import.ts'
export type { MessageListener } from './recording/live-messages.ts'
export {
  type Proxy,
  type ProxyListener,
  type ProxyOptions,
  startProxy,
} from './recording/proxy.ts'
export { type RecordedMessage, readRecording } from './recording/reader.ts'
export {
  type MessageWatch,
  type RecordableClient,
  type Recording,
  type RecordOptions,
  record,
  watchMessages,
} from './recording/record.ts'
export type { RedactRule } from './redaction/own-rule.ts'
export { type Replay, type ReplayOptions, replay } from './replay.ts'
export {
  type HandleOptions,
  type RestartOptions,
  type SessionInfo,
  type SimulatedAsterisk,
  startServer,
} from './server.ts'
export { ManualClock } from './time/manual-clock.ts'
export { SeededRandom } from './time/seeded-random.ts'
