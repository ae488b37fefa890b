import type { Bridge } from '../model/bridge.ts'
import type { Channel, DialOutcome } from '../model/channel.ts'
import { dialStatus, type Requested, request, statusOfCause } from '../model/dialing.ts'
import type { World } from '../model/world.ts'
import type { Application, Pbx } from './pbx.ts'

const cleared = [
  'DIALSTATUS',
  'DIALEDPEERNUMBER',
  'DIALEDPEERNAME',
  'ANSWEREDTIME',
  'ANSWEREDTIME_MS',
  'DIALEDTIME',
  'DIALEDTIME_MS',
  'RINGTIME',
  'RINGTIME_MS',
  'PROGRESSTIME',
  'PROGRESSTIME_MS',
]

/** Cuts `tech/data` at its first slash. */
export function technologyOf(address: string): [tech: string, data: string] {
  const slash = address.indexOf('/')
  return slash === -1 ? [address, ''] : [address.slice(0, slash), address.slice(slash + 1)]
}

/**
 * Puts two channels into a basic bridge and waits until one leaves it (features.c:ast_bridge_call). A callee that
 * nothing else owns is hung up at the end, unless it was sent elsewhere.
 */
export async function bridgeTwo(
  world: World,
  caller: Channel,
  callee: Channel,
  moments: { entering?: () => void; over?: () => void } = {},
): Promise<void> {
  const bridge = world.bridges.create({ type: 'basic', technology: 'simple_bridge' })
  moments.entering?.()
  world.bridges.enter(bridge, callee)
  world.bridges.enter(bridge, caller)
  callee.owned = true
  await talkIn(world, bridge, caller, callee, moments.over)
}

/** Waits until one of the two channels of a bridge leaves it; then both leave, and the bridge goes. */
export async function talkIn(
  world: World,
  bridge: Bridge<Channel>,
  caller: Channel,
  callee: Channel,
  over?: () => void,
): Promise<void> {
  const setPeer = (channel: Channel, value: string): void => world.setVariable(channel, 'BRIDGEPEER', value)
  world.bridges.setPeers(bridge, setPeer)
  const seized = caller.seized + callee.seized
  await new Promise<void>((resolve) => {
    const offs: (() => void)[] = []
    const look = (): void => {
      const taken = caller.seized + callee.seized !== seized
      const isOver = taken || [caller, callee].some((one) => one.gone || one.interrupted || one.bridge !== bridge)
      if (!isOver) return
      for (const off of offs) off()
      resolve()
    }
    offs.push(caller.onInterrupt(look), callee.onInterrupt(look))
    look()
  })
  over?.()
  // who hung up leaves first, and who was transferred away last
  const callerFirst = callee.target !== undefined || caller.target?.transferred || caller.hungup || caller.gone
  for (const one of callerFirst ? [caller, callee] : [callee, caller]) {
    if (!one.gone && one.variables.get('BRIDGEPEER') !== '') setPeer(one, '')
    if (one.target !== undefined && (one.application === 'AppDial' || one.target.transferred)) {
      one.exten = one.target.exten
      one.context = one.target.context
      one.priority = one.target.priority
      world.channels.newExten(one, one.application, one.data)
    }
    if (one.bridge === bridge) world.bridges.leave(one)
  }
  world.bridges.destroy(bridge)
}

/** Ends a callee after its bridge: hangs it up, or lets it run where it was sent. */
export function release(world: World, runner: { pbx(channel: Channel): void }, callee: Channel): void {
  if (callee.gone) return
  if (callee.target !== undefined && !callee.hungup) {
    runner.pbx(callee)
    return
  }
  if (callee.cause === 0) callee.cause = 16
  world.channels.hangup(callee)
}

const dial: Application = async ({ world, channel, data, runner }) => {
  const [targets = '', seconds = ''] = data.split(',')
  for (const name of cleared) world.setVariable(channel, name, '')
  const began = world.core.clock.now()
  const legs: Requested[] = []
  let rang = false
  for (const address of targets.split('&')) {
    const asked = request(world, ...technologyOf(address), { linkedid: channel.linkedid })
    if (asked === undefined) continue
    const leg = asked.channel
    world.setVariable(leg, 'DIALEDPEERNUMBER', asked.dialString)
    leg.callerNum = channel.exten
    leg.context = channel.context
    leg.exten = channel.exten
    leg.connectedNum = channel.callerNum
    leg.connectedName = channel.callerName
    world.channels.newExten(leg, 'AppDial', '(Outgoing Line)')
    world.channels.setCaller(leg, leg.callerNum, '')
    // main/manager_channels.c: each part of a snapshot that has changed has an event of its own
    if (leg.connectedNum !== '' || leg.connectedName !== '') {
      world.channels.setConnected(leg, leg.connectedNum, leg.connectedName)
    }
    if (!asked.call(runner)) {
      world.channels.hangup(leg)
      continue
    }
    legs.push(asked)
    leg.onProgress = (status) => {
      if (status === 'RINGING' && !rang) {
        rang = true
        world.channels.ring(channel)
        const ms = world.core.clock.now() - began
        world.setVariable(channel, 'RINGTIME', String(Math.floor(ms / 1000)))
        world.setVariable(channel, 'RINGTIME_MS', String(ms))
      }
      world.core.emit('DialState', `${channel.snapshot()}${leg.snapshot('Dest')}DialStatus: ${status}\r\n`)
    }
    const begin = `${channel.snapshot()}${leg.snapshot('Dest')}DialString: ${asked.dialString}\r\n`
    world.core.emit('DialBegin', begin)
  }
  const [result, answered] = await firstAnswer(world, channel, legs, (Number.parseFloat(seconds) || 136) * 1000)
  for (const leg of legs) {
    leg.channel.onProgress = undefined
    if (leg.channel === answered?.channel) continue
    const failed = leg.channel.hungup ? statusOfCause(leg.channel.cause) : dialStatus[result]
    const status = answered === undefined ? failed : 'CANCEL'
    world.core.emit('DialEnd', `${channel.snapshot()}${leg.channel.snapshot('Dest')}DialStatus: ${status}\r\n`)
    world.channels.hangup(leg.channel)
  }
  world.setVariable(channel, 'DIALSTATUS', legs.length === 0 ? 'CHANUNAVAIL' : dialStatus[result])
  if (answered === undefined) return channel.interrupted ? 'hangup' : 'next'
  const callee = answered.channel
  world.setVariable(channel, 'DIALEDPEERNAME', callee.name)
  world.setVariable(channel, 'DIALEDPEERNUMBER', answered.dialString)
  callee.exten = ''
  world.core.emit('DialEnd', `${channel.snapshot()}${callee.snapshot('Dest')}DialStatus: ANSWER\r\n`)
  if (!channel.up) world.channels.answer(channel)
  const bridged = world.core.clock.now()
  const { seized } = callee
  await bridgeTwo(world, channel, callee, {
    entering: () => world.channels.newExten(callee, 'AppDial', '(Outgoing Line)'),
  })
  // whoever parks or bridges it has it now
  if (callee.seized === seized) release(world, runner, callee)
  if (channel.target === undefined) setTimes(world, channel, began, bridged)
  world.setVariable(channel, 'DIALSTATUS', 'ANSWER')
  // with option g the caller would go on; without, the end of the call is the end of the caller
  if (channel.target === undefined && channel.cause === 0) channel.cause = 16
  return channel.target === undefined ? 'hangup' : 'next'
}

/** Sets `ANSWEREDTIME` and `DIALEDTIME`, in seconds and milliseconds. */
export function setTimes(world: World, channel: Channel, began: number, bridged: number): void {
  if (channel.gone) return
  const now = world.core.clock.now()
  const times: [string, number][] = [
    ['ANSWEREDTIME', now - bridged],
    ['DIALEDTIME', now - began],
  ]
  for (const [name, ms] of times) {
    world.setVariable(channel, name, String(Math.floor(ms / 1000)))
    world.setVariable(channel, `${name}_MS`, String(ms))
  }
}

/** Returns the first leg to answer, or how the last one failed; ends early when the caller goes. */
export async function firstAnswer(
  world: World,
  caller: Channel,
  legs: readonly Requested[],
  ms: number,
): Promise<[DialOutcome, Requested | undefined]> {
  if (legs.length === 0) return ['unavailable', undefined]
  return new Promise((resolve) => {
    let left = legs.length
    const offs: (() => void)[] = []
    const done = (result: DialOutcome, leg?: Requested): void => {
      for (const off of offs) off()
      resolve([result, leg])
    }
    const timer = world.core.clock.setTimeout(() => done('timeout'), ms)
    offs.push(() => world.core.clock.clearTimeout(timer))
    offs.push(caller.onInterrupt(() => done('hangup')))
    for (const leg of legs) {
      void leg.channel.dialled.promise.then((result) => {
        if (result === 'answer') done('answer', leg)
        else if (--left === 0) done(result)
      })
    }
  })
}

/** Adds Dial. */
export function addDial(pbx: Pbx): void {
  pbx.add('Dial', dial)
}
