import type { Channel } from '../model/channel.ts'
import type { World } from '../model/world.ts'
import type { Application, Pbx } from './pbx.ts'

/** Parks a channel that this dialplan runs already, and stays with it until it leaves. */
export async function parkHere(world: World, channel: Channel, parker: string, timeout?: number): Promise<boolean> {
  const lot = world.parking.all.get('default')
  const user = lot === undefined ? undefined : world.parking.park(lot, channel, parker, timeout)
  if (lot === undefined || user === undefined) return false
  channel.application = 'Park'
  channel.data = `${lot.name}:${user.space}`
  world.channels.music(channel, 'Start')
  const whole = await channel.wait(user.timeout * 1000)
  world.channels.music(channel, 'Stop')
  if (whole) world.parking.leave(lot, user, 'ParkedCallTimeOut')
  else if (channel.hungup) world.parking.leave(lot, user, 'ParkedCallGiveUp')
  else world.parking.leave(lot, user, 'UnParkedCall')
  return true
}

const park: Application = async ({ world, channel }) => {
  if (!channel.up) world.channels.answer(channel)
  const parked = await parkHere(world, channel, channel.device)
  return channel.hungup || (parked && channel.target === undefined) ? 'hangup' : 'next'
}

/** Adds Park and ParkAndAnnounce. */
export function addParking(pbx: Pbx): void {
  pbx.add('Park', park)
  pbx.add('ParkAndAnnounce', park)
}
