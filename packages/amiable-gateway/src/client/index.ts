export { type Checked, checked, type Readable } from './events.ts'
export { type ActionQuery, GatewayError, request } from './request.ts'
