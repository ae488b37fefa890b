export type { AgiCommands } from '../catalog/generated/agi.ts'
export { CommandError, type HangupBy, HangupError } from '../errors.ts'
export { type Answer, type AskOptions, ask, type Choices, type MenuOptions, menu, type Prompt } from './ask.ts'
export { type AgiAttachment, attachAgi } from './attach.ts'
export type { AttachmentStats, AttachOptions } from './attach-options.ts'
export type { AgiArguments, AgiCommandName } from './command-traits.ts'
export type { ChannelState, GetVariableOptions, Target } from './commands-data.ts'
export type {
  Collected,
  ControlPlayed,
  ControlPlayOptions,
  GetDataOptions,
  GetOptionOptions,
  Played,
  PlayOptions,
  Recorded,
  RecordOptions,
  Said,
  SayAlphaOptions,
  SayDatetimeOptions,
  SayNumberOptions,
  SayOptions,
} from './commands-play.ts'
export type { AgiRequest } from './environment.ts'
export {
  type AgiServer,
  type AgiServerStats,
  type CloseOptions,
  type ListenAgiOptions,
  listenAgi,
} from './fast-server.ts'
export { serveAgi } from './fast-session.ts'
export type { AgiEnd, AgiHandler, HandlerErrorListener } from './handler.ts'
export type { CommandOptions } from './job.ts'
export type { Scalar } from './line.ts'
export type { AgiReply } from './replies.ts'
export { type AgiRouter, router } from './router.ts'
export type { AgiSession } from './session.ts'
export type { SessionOptions } from './session-options.ts'
export type { AgiSpeech, Recognized, SpeechResult } from './speech.ts'
