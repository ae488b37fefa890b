import type { AmiEvent } from 'amiable'
import type { Scenario, Stage, Staged } from '../stage.ts'

const isCall = (prefix: string, half: 1 | 2) => (event: AmiEvent) => {
  const name = event.get('Channel') ?? ''
  return name.startsWith(`Local/${prefix}@`) && name.endsWith(`;${half}`)
}

/** Resolves with the Uniqueid of the half that waits for five seconds, in the extension that is dialled. */
async function memberWaits(on: Stage): Promise<string> {
  const event = await on.heard('Newchannel', isCall('member', 2))
  const id = event.get('Uniqueid') ?? ''
  await on.runs(id, 'Wait')
  return id
}

/** A call that waits in a queue without members, and whose far half has come to its own wait. */
async function waitsInQueue(on: Stage): Promise<Staged> {
  const call = await on.call('wait', ['Queue', 'sales,,,,30'])
  await on.heard('MusicOnHoldStart')
  await on.runs(call.far, 'Wait')
  return call
}

/** Scenarios with bridges: dialling on, transfers, queues, conferences, parking. */
export const bridges: Readonly<Record<string, Scenario>> = {
  'dialled on, and the caller hangs up': async (on) => {
    const call = await on.call('dial')
    await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === call.far)
    await on.answered(call)
    await memberWaits(on)
    await on.hangup(call.near)
  },
  'dialled on, and the callee hangs up': async (on) => {
    const call = await on.call('dial')
    await on.answered(call)
    await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === call.far)
    await on.hangup(await memberWaits(on))
  },
  'dialled on: busy': (on) => on.call('dialbusy'),
  'dialled on: congestion': (on) => on.call('dialcongestion'),
  'dialled on: nobody answers': (on) => on.call('dialnoanswer'),
  bridged: async (on) => {
    const one = await on.up('wait')
    const two = await on.up('echo')
    await on.send('Bridge', { Channel1: await on.name(one.near), Channel2: await on.name(two.near) })
    for (const id of [one.near, two.near]) await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === id)
    await on.runs(one.far, 'Wait')
    await on.runs(two.far, 'Echo')
    await on.hangup(one.near)
    await on.hangup(two.near)
  },
  'transferred blindly': async (on) => {
    const call = await on.call('dial')
    await on.answered(call)
    await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === call.far)
    const callee = await on.heard('BridgeEnter', isCall('member', 1))
    await memberWaits(on)
    await on.send('BlindTransfer', { Channel: callee.get('Channel'), Context: 'default', Exten: 'echo' })
    await on.runs(call.far, 'Echo')
    await on.hangup(call.far)
  },
  parked: async (on) => {
    const call = await on.up('park')
    await on.heard('ParkedCall')
    await on.heard('MusicOnHoldStart')
    await on.hangup(call.near)
  },
  'parked by an action': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    await on.send('Park', { Channel: await on.name(call.near) })
    await on.heard('ParkedCall')
    await on.heard('MusicOnHoldStart')
    await on.hangup(call.near)
  },
  'a queue that answers': async (on) => {
    const call = await on.up('q')
    await on.heard('AgentConnect')
    await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === call.far)
    await memberWaits(on)
    await on.hangup(call.near)
  },
  'a queue whose member hangs up': async (on) => {
    const call = await on.up('q')
    await on.heard('BridgeEnter', (event) => event.get('Uniqueid') === call.far)
    await on.hangup(await memberWaits(on))
  },
  'a queue without members, which gives up': (on) => on.call('wait', ['Queue', 'sales,,,,1']),
  'hung up while it waits in a queue': async (on) => {
    const call = await waitsInQueue(on)
    await on.hangup(call.near)
  },
  'withdrawn from a queue': async (on) => {
    const call = await waitsInQueue(on)
    const Caller = await on.name(call.near)
    await on.send('QueueChangePriorityCaller', { Queue: 'sales', Caller, Priority: 5, Immediate: true })
    await on.send('QueueWithdrawCaller', { Queue: 'sales', Caller, WithdrawInfo: 'enough' })
  },
  'a conference of two': async (on) => {
    const room = `9${Math.random().toString().slice(2, 8)}`
    const one = await on.up('echo', ['ConfBridge', room])
    await on.heard('ConfbridgeJoin', (event) => event.get('Uniqueid') === one.near)
    const two = await on.up('echo', ['ConfBridge', room])
    await on.heard('ConfbridgeJoin', (event) => event.get('Uniqueid') === two.near)
    await on.runs(one.far, 'Echo')
    await on.runs(two.far, 'Echo')
    await on.send('ConfbridgeMute', { Conference: room, Channel: await on.name(one.near) })
    await on.heard('ConfbridgeMute')
    await on.send('ConfbridgeUnmute', { Conference: room, Channel: await on.name(one.near) })
    await on.heard('ConfbridgeUnmute')
    await on.hangup(one.near)
    await on.heard('ConfbridgeLeave', (event) => event.get('Uniqueid') === one.near)
    await on.hangup(two.near)
  },
  'kicked out of a conference': async (on) => {
    const room = `8${Math.random().toString().slice(2, 8)}`
    const call = await on.up('echo', ['ConfBridge', room])
    await on.heard('ConfbridgeJoin')
    await on.runs(call.far, 'Echo')
    await on.send('ConfbridgeKick', { Conference: room, Channel: await on.name(call.near) })
  },
}
