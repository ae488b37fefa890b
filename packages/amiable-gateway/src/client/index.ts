export { type Checked, checked as events, type Readable } from './events.ts'
export type { LiveChange, LiveFreshness, LiveRecords, LiveServer } from './live-server.ts'
export { type ActionQuery, GatewayError, request } from './request.ts'
export { type LiveState, type LiveStateOptions, state } from './state.ts'
