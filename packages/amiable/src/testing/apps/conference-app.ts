import type { Application, Pbx } from './pbx.ts'

const confBridge: Application = async ({ world, channel, data }) => {
  const name = data.split(',')[0]!
  if (!channel.up) world.channels.answer(channel)
  const conference = world.conferences.join(name, channel)
  if (conference === undefined) {
    world.setVariable(channel, 'CONFBRIDGE_RESULT', 'FAILED')
    return 'next'
  }
  const { bridge } = conference
  if (channel.bridge === bridge) await channel.wait(Number.POSITIVE_INFINITY)
  const kicked = channel.variables.get('CONFBRIDGE_RESULT') === 'KICKED'
  world.conferences.leave(conference, channel)
  if (!kicked && channel.hungup) world.setVariable(channel, 'CONFBRIDGE_RESULT', 'HANGUP')
  return channel.hungup ? 'hangup' : 'next'
}

/** Adds ConfBridge. */
export function addConference(pbx: Pbx): void {
  pbx.add('ConfBridge', confBridge)
}
