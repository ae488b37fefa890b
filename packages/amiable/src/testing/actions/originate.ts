import type { Channel } from '../model/channel.ts'
import { type OriginateRequest, originate } from '../model/dialing.ts'
import { separateArgs } from '../protocol/app-args.ts'
import { isTrue } from '../protocol/byte-text.ts'
import { readCallerId } from '../protocol/caller-id.ts'
import { privileges } from '../protocol/privileges.ts'
import type { ActionContext, Handlers } from './context.ts'

/**
 * Reads each `Variable:` header as application arguments (manager.c:astman_get_variables_order). They are cut at commas
 * outside quotes and parentheses, while double quotes and backslashes are eaten (main/app.c:__ast_app_separate_args).
 */
export function readVariables(values: readonly string[]): [name: string, value: string][] {
  const variables: [string, string][] = []
  for (const value of values) {
    for (const part of separateArgs(value, 64)) {
      const equals = part.indexOf('=')
      if (equals !== -1) variables.push([part.slice(0, equals), part.slice(equals + 1)])
    }
  }
  return variables
}

// manager.c:action_originate: what only a user with the right `system` may start
const guarded = /agi|exec|system|mixmonitor|originate|externalivr|reload|dbdeltree/i
const guardedData = /SHELL|CURL|DB\(|FILE\(|EVAL|ODBC|REALTIME/

function read({ action, reply, session, world }: ActionContext): OriginateRequest | undefined {
  const refuse = (message: string): undefined => void reply.error(message)
  const channel = action.header('Channel')
  if (channel === '') return refuse('Channel not specified')
  const slash = channel.indexOf('/')
  if (slash === -1) return refuse('Invalid channel')
  const application = action.header('Application')
  const data = action.header('Data')
  const context = action.header('Context')
  const exten = action.header('Exten')
  const wanted = action.header('Priority')
  const priority = wanted === '' ? 0 : world.dialplan.priority(context, exten, wanted)
  if (wanted !== '' && priority === 0) return refuse('Invalid priority')
  const timeout = action.header('Timeout')
  if (timeout !== '' && !/^\s*-?\d+/.test(timeout)) return refuse('Invalid timeout')
  if ([action.header('ChannelId'), action.header('OtherChannelId')].some((id) => id.length > 149)) {
    return refuse('Uniqueid length exceeds maximum of 149\n')
  }
  const system = ((session.user?.write ?? 0) & privileges.system) !== 0
  if (application !== '' && !system && (guarded.test(application) || guardedData.test(data))) {
    return refuse('Originate Access Forbidden: app or data blacklisted')
  }
  // to it a header that is missing is empty and no null: whether there is a priority decides (manager.c:action_originate)
  if (priority !== 0 && world.dialplan.step(context, exten, priority) === undefined) {
    return refuse('Extension does not exist.')
  }
  if (application === '' && priority === 0 && !isTrue(action.header('Async'))) {
    return refuse("Originate with 'Exten' requires 'Context' and 'Priority'")
  }
  const [callerNum, callerName] = readCallerId(action.header('CallerID'))
  const uniqueid = action.header('ChannelId')
  const other = action.header('OtherChannelId')
  return {
    tech: channel.slice(0, slash),
    data: channel.slice(slash + 1),
    timeout: timeout === '' ? 30_000 : Number.parseInt(timeout, 10),
    callerNum,
    callerName,
    account: action.header('Account'),
    variables: readVariables(action.all('Variable')),
    ...(uniqueid === '' ? {} : { uniqueid }),
    ...(other === '' ? {} : { other }),
    next: application === '' ? { context, exten, priority } : { application, data },
  }
}

function describe(request: OriginateRequest, id: string, reason: number, channel: Channel | undefined): string {
  const { next } = request
  const where =
    'application' in next
      ? `Application: ${next.application}\r\nData: ${next.data}\r\n`
      : `Context: ${next.context}\r\nExten: ${next.exten}\r\n`
  const ok = reason === 4 && channel !== undefined
  let lines =
    `${id}Response: ${ok ? 'Success' : 'Failure'}\r\n` +
    `Channel: ${ok ? channel.name : `${request.tech}/${request.data}`}\r\n${where}Reason: ${reason}\r\n` +
    `Uniqueid: ${ok ? channel.uniqueid : (request.uniqueid ?? '<unknown>')}\r\n` +
    `CallerIDNum: ${request.callerNum || '<unknown>'}\r\nCallerIDName: ${request.callerName || '<unknown>'}\r\n`
  if (!ok) return lines
  for (const [name, value] of channel.channelVariables()) lines += `ChanVariable(${channel.name}): ${name}=${value}\r\n`
  return lines
}

/** Originate. */
export const originateActions: Handlers = {
  Originate(context) {
    const { action, reply, world, runner } = context
    const request = read(context)
    if (request === undefined) return undefined
    const id = reply.idLine()
    if (isTrue(action.header('Async'))) {
      reply.success('Originate successfully queued')
      void originate(world, runner, request, (reason, channel) => {
        world.core.emit('OriginateResponse', describe(request, id, reason, channel))
      })
      return undefined
    }
    // fast_originate without Async: this session waits for the answer
    return new Promise((resolve) => {
      void originate(world, runner, request, (reason) => {
        if (reason === 4) reply.success('Originate successfully queued')
        else reply.error('Originate failed')
        resolve()
      })
    })
  },
}
