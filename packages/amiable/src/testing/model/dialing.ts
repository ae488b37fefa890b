import type { Channel, DialOutcome } from './channel.ts'
import type { World } from './world.ts'

/** Runs dialplan or one application on a channel until its end; given by `apps`. */
export interface Runner {
  pbx(channel: Channel): void
  application(channel: Channel, application: string, data: string): void
}

/** A channel that was asked for and not called yet. */
export interface Requested {
  readonly channel: Channel
  /** What DialBegin names: the address without its technology. */
  readonly dialString: string
  /** Calls it; false when it cannot be called. */
  call(runner: Runner): boolean
}

/** Makes a channel (channel.c:ast_request); undefined where the technology or the address is not there. */
export function request(
  world: World,
  tech: string,
  data: string,
  ids: { uniqueid?: string; other?: string; linkedid?: string } = {},
): Requested | undefined {
  if (/^local$/i.test(tech)) {
    const [one, two] = world.channels.createLocal(data, ids)
    return { channel: one, dialString: data, call: (runner) => callLocal(world, runner, one, two) }
  }
  if (!/^(pjsip|sip|iax2|dahdi)$/i.test(tech) || !world.modules.hasTechnology(tech)) return undefined
  const name = data.split(/[/@]/)[0]!
  const endpoint = world.endpoints.all.get(name)
  if (endpoint === undefined || endpoint.answers === 'unavailable') return undefined
  const channel = world.channels.create({
    name: `${tech}/${name}-${world.channels.serial()}`,
    device: `PJSIP/${name}`,
    context: 'default',
    exten: '',
    ...(ids.uniqueid === undefined ? {} : { uniqueid: ids.uniqueid }),
    ...(ids.linkedid === undefined ? {} : { linkedid: ids.linkedid }),
  })
  return { channel, dialString: data, call: () => callEndpoint(world, channel, endpoint.answers, endpoint.ringTime) }
}

// core_unreal.c:ast_unreal_call_setup, core_local.c:local_call
function callLocal(world: World, runner: Runner, one: Channel, two: Channel): boolean {
  for (const [name, value] of one.variables) world.setVariable(two, name, value)
  two.language = one.language
  two.accountCode = one.accountCode
  two.callerNum = one.connectedNum
  two.callerName = one.connectedName
  two.connectedNum = one.callerNum
  two.connectedName = one.callerName
  if (two.callerNum !== '' || two.callerName !== '') world.channels.setCaller(two, two.callerNum, two.callerName)
  if (two.connectedNum !== '' || two.connectedName !== '') {
    world.channels.setConnected(two, two.connectedNum, two.connectedName)
  }
  if (!world.booted || world.dialplan.step(two.context, two.exten, 1) === undefined) {
    one.missing = true
    two.missing = true
    two.peer = undefined
    world.channels.hangup(two)
    one.peer = undefined
    one.dialled.resolve('unavailable')
    return false
  }
  world.core.emit(
    'LocalBridge',
    `${one.snapshot('LocalOne')}${two.snapshot('LocalTwo')}Context: ${two.context}\r\nExten: ${two.exten}\r\n` +
      `LocalOptimization: ${one.optimize ? 'Yes' : 'No'}\r\n`,
  )
  two.owned = true
  watch(one)
  queueMicrotask(() => runner.pbx(two))
  return true
}

// whoever dials it learns that it ended, and hangs it up
function watch(channel: Channel): void {
  channel.owned = true
  const off = channel.onInterrupt(() => {
    if (channel.hungup) channel.dialled.resolve('hangup')
  })
  void channel.dialled.promise.then(off)
}

function callEndpoint(world: World, channel: Channel, answers: string, ringTime: number): boolean {
  watch(channel)
  queueMicrotask(() => {
    if (channel.gone) return
    if (answers === 'busy' || answers === 'congestion') {
      channel.cause = answers === 'busy' ? 17 : 34
      channel.dialled.resolve(answers)
      return
    }
    world.channels.setState(channel, 5)
    channel.onProgress?.('RINGING')
    if (answers !== 'answer') return
    world.core.clock.setTimeout(() => {
      if (!channel.gone && !channel.hungup) world.channels.answer(channel)
    }, ringTime)
  })
  return true
}

/** Waits for a dialled channel; `'timeout'` after `ms` milliseconds. */
export async function outcome(world: World, channel: Channel, ms: number): Promise<DialOutcome> {
  let timer: object | undefined
  const timeout = new Promise<DialOutcome>((resolve) => {
    timer = world.core.clock.setTimeout(() => resolve('timeout'), ms)
  })
  const result = await Promise.race([channel.dialled.promise, timeout])
  world.core.clock.clearTimeout(timer)
  return result
}

/** `DialStatus` and `DIALSTATUS` of an outcome. */
export const dialStatus: Readonly<Record<DialOutcome, string>> = {
  answer: 'ANSWER',
  busy: 'BUSY',
  congestion: 'CONGESTION',
  hangup: 'CANCEL',
  timeout: 'NOANSWER',
  unavailable: 'CHANUNAVAIL',
}

/** Returns what hangup_cause_to_dial_status of dial.c and app_dial.c returns. */
export function statusOfCause(cause: number): string {
  if (cause === 17) return 'BUSY'
  if (cause === 34) return 'CONGESTION'
  return cause === 3 || cause === 20 ? 'CHANUNAVAIL' : 'NOANSWER'
}

/** What an Originate asks for. Texts are byte strings, times milliseconds. */
export interface OriginateRequest {
  readonly tech: string
  readonly data: string
  readonly timeout: number
  readonly callerNum: string
  readonly callerName: string
  readonly account: string
  readonly variables: readonly (readonly [name: string, value: string])[]
  readonly uniqueid?: string
  readonly other?: string
  readonly next:
    | { readonly context: string; readonly exten: string; readonly priority: number }
    | { readonly application: string; readonly data: string }
}

// manager.c and frame.h: what OriginateResponse calls the outcomes
const reasons: Readonly<Record<DialOutcome, number>> = {
  answer: 4,
  busy: 5,
  congestion: 8,
  hangup: 0,
  timeout: 3,
  unavailable: 0,
}

/**
 * Dials as pbx.c:pbx_outgoing_attempt does. `told` is called once with the reason, before the channel goes on: 0
 * failure, 1 hangup, 3 no answer, 4 answered, 5 busy, 8 congestion.
 */
export async function originate(
  world: World,
  runner: Runner,
  wanted: OriginateRequest,
  told: (reason: number, channel: Channel | undefined) => void,
): Promise<void> {
  const ids = {
    ...(wanted.uniqueid === undefined ? {} : { uniqueid: wanted.uniqueid }),
    ...(wanted.other === undefined ? {} : { other: wanted.other }),
  }
  // main/channel.c:does_id_conflict: no second channel is made under the Uniqueid of one that lives
  const isTaken = Object.values(ids).some((id) => world.channels.find(id)?.uniqueid.toLowerCase() === id.toLowerCase())
  const asked = isTaken ? undefined : request(world, wanted.tech, wanted.data, ids)
  if (asked === undefined) {
    told(0, undefined)
    return
  }
  const { channel } = asked
  world.core.processedCalls++
  world.channels.newExten(channel, 'AppDial2', '(Outgoing Line)')
  for (const [name, value] of [...wanted.variables].reverse()) world.setVariable(channel, name, value)
  // what the other half inherits comes in the order in which it was asked for
  const inherited = [...channel.variables].reverse()
  channel.variables.clear()
  for (const [name, value] of inherited) channel.variables.set(name, value)
  channel.accountCode = wanted.account
  if (wanted.callerNum !== '' || wanted.callerName !== '') {
    world.channels.setCaller(channel, wanted.callerNum, wanted.callerName)
    world.channels.setConnected(channel, wanted.callerNum, wanted.callerName)
  }
  if (!asked.call(runner)) {
    told(0, channel)
    world.channels.hangup(channel)
    return
  }
  world.core.emit('DialBegin', `${channel.snapshot('Dest')}DialString: ${asked.dialString}\r\n`)
  channel.onProgress = (status) => {
    world.core.emit('DialState', `${channel.snapshot('Dest')}DialStatus: ${status}\r\n`)
  }
  const result = await outcome(world, channel, wanted.timeout)
  channel.onProgress = undefined
  // dial.c:ast_dial_run raises no event when its time is over
  if (result === 'timeout') channel.cause = 19
  else {
    const status = result === 'hangup' ? statusOfCause(channel.cause) : dialStatus[result]
    world.core.emit('DialEnd', `${channel.snapshot('Dest')}DialStatus: ${status}\r\n`)
  }
  if (result !== 'answer') {
    world.channels.hangup(channel)
    told(reasons[result], channel)
    return
  }
  channel.owned = true
  told(4, channel)
  const { next } = wanted
  if ('application' in next) {
    runner.application(channel, next.application, next.data)
  } else {
    // pbx.c:pbx_outgoing_attempt: what is not said stays as the channel has it
    if (next.context !== '') channel.context = next.context
    if (next.exten !== '') channel.exten = next.exten
    if (next.priority > 0) channel.priority = next.priority
    runner.pbx(channel)
  }
}
