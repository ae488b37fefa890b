export type { Actions, ReplyHeaders } from './catalog/generated/actions.ts'
export type {
  BridgeSnapshot,
  BridgeVideoSourceMode,
  ChannelSnapshot,
  ChannelStateDesc,
  CommonHeaders,
  CompletionHeaders,
  DestChannelSnapshot,
  Events,
  FromBridgeSnapshot,
  LocalOneChannelSnapshot,
  LocalTwoChannelSnapshot,
  OrigBridgeSnapshot,
  OrigTransfererChannelSnapshot,
  ParkeeChannelSnapshot,
  RetrieverChannelSnapshot,
  SecondBridgeSnapshot,
  SecondTransfererChannelSnapshot,
  SourceChannelSnapshot,
  SpyeeChannelSnapshot,
  SpyerChannelSnapshot,
  TargetChannelSnapshot,
  ToBridgeSnapshot,
  TransfereeChannelSnapshot,
  TransfererChannelSnapshot,
  TransferTargetChannelSnapshot,
} from './catalog/generated/events.ts'
export type { CallOptions } from './client/calls/call.ts'
export type { EventList } from './client/calls/event-list.ts'
export type { Client } from './client/client.ts'
export { connect, createClient } from './client/connect.ts'
export type { CloseOptions } from './client/drain.ts'
export type { EventsOptions, Overflow } from './client/events/event-stream.ts'
export type { Filter } from './client/events/filter.ts'
export type {
  Handler,
  Listener,
  ListenerErrorHandler,
  ListenOptions,
} from './client/events/subscriptions.ts'
export { type BroadcastResult, createFleet, type Fleet, type FleetStatus } from './client/fleet.ts'
export type { HangupTarget } from './client/hangup-params.ts'
export type { ConfigChange } from './client/helpers/config-changes.ts'
export {
  type ConfigCategory,
  ConfigFile,
  getConfig,
} from './client/helpers/config-file.ts'
export { addEventFilter, type EventFilter } from './client/helpers/event-filter.ts'
export { hangup } from './client/helpers/hangup.ts'
export {
  type DeviceState,
  getQueues,
  type QueueCallerInfo,
  type QueueInfo,
  type QueueMemberInfo,
} from './client/helpers/queues.ts'
export { reload } from './client/helpers/reload.ts'
export { dbGet, getVariable } from './client/helpers/stored-values.ts'
export { type UpdateConfigOptions, updateConfig } from './client/helpers/update-config.ts'
export type { ClientOptions } from './client/options.ts'
export type { OriginateOptions, OriginateParams, OriginateResult } from './client/originate/originate-options.ts'
export type { OriginateOutcome } from './client/originate/outcome.ts'
export type { Stats } from './client/stats.ts'
export type {
  ActionArguments,
  ActionName,
  AmiEvent,
  EventBase,
  EventName,
  ListName,
  OpenHeaders,
  RawResponse,
  Response,
  Row,
  SendOptions,
} from './client/types.ts'
export type { DiagnosticsEvents } from './diagnostics.ts'
export {
  ActionError,
  AmiError,
  type AmiErrorCode,
  type AmiErrorOptions,
  type AnyAmiError,
  ArgumentError,
  AuthError,
  ClosedError,
  CommandError,
  ConnectError,
  type Delivered,
  HangupError,
  LimitError,
  LostError,
  OverflowError,
  ProtocolError,
  TimeoutError,
} from './errors.ts'
export type { BackoffOptions, ReconnectPolicy } from './link/backoff.ts'
export type { Booted } from './link/boot-check.ts'
export type { KeepaliveOptions } from './link/keepalive.ts'
export type { State } from './link/machine.ts'
export type {
  CloseReason,
  Status,
  StatusBooted,
  StatusClosed,
  StatusConnecting,
  StatusFault,
  StatusLost,
  StatusReady,
  StatusSlow,
  StatusUnheard,
  StatusWaiting,
} from './link/status.ts'
export type { Clock, Timer } from './util/clock.ts'
export type { Params, ParamValue, Variables } from './wire/encoder.ts'
export type { MessageJson } from './wire/json.ts'
export type { Limits } from './wire/limits.ts'
export type { Header } from './wire/message.ts'
