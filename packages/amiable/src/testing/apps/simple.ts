import { type Application, explicitGoto, type Pbx, type Result } from './pbx.ts'

const answer: Application = async ({ world, channel }): Promise<Result> => {
  if (channel.up) return 'next'
  world.channels.answer(channel)
  // app_answer waits for media up to half a second, so that the other half of a Local channel runs on meanwhile
  await channel.wait(world.core.answerDelay)
  return 'next'
}

const forever: Application = async ({ channel }): Promise<Result> => {
  await channel.wait(Number.POSITIVE_INFINITY)
  return 'hangup'
}

const wait: Application = async ({ channel, data }): Promise<Result> => {
  const whole = await channel.wait((Number.parseFloat(data) || 0) * 1000)
  return whole ? 'next' : 'hangup'
}

const prompt: Application = async ({ channel }): Promise<Result> => {
  const whole = await channel.wait(1000)
  return whole ? 'next' : 'hangup'
}

const set: Application = ({ world, channel, data }) => {
  const equals = data.indexOf('=')
  if (equals !== -1) world.setVariable(channel, data.slice(0, equals), data.slice(equals + 1))
  return 'next'
}

// app_userevent.c: the body is a JSON object, so a repeated key keeps its last value and a word without a colon is gone
const userEvent: Application = ({ world, channel, data }) => {
  const [name = '', ...pairs] = data.split(',')
  const body = new Map<string, string>()
  for (const pair of pairs) {
    const colon = pair.indexOf(':')
    if (colon === -1) continue
    body.set(pair.slice(0, colon), pair.slice(colon + 1).trim())
  }
  let lines = `UserEvent: ${name}\r\n`
  for (const [key, value] of body) lines += `${key}: ${value}\r\n`
  world.channels.emit('UserEvent', channel, lines)
  return 'next'
}

const hangup: Application = ({ channel, data }) => {
  channel.cause = Number.parseInt(data, 10) || channel.cause || 16
  return 'hangup'
}

const busy: Application = async ({ world, channel, data }): Promise<Result> => {
  channel.cause = 17
  if (!channel.up) world.channels.setState(channel, 7)
  channel.peer?.dialled.resolve('busy')
  await channel.wait((Number.parseFloat(data) || Number.POSITIVE_INFINITY) * 1000)
  return 'hangup'
}

const congestion: Application = async ({ world, channel, data }): Promise<Result> => {
  channel.cause = 34
  if (!channel.up) world.channels.setState(channel, 7)
  channel.peer?.dialled.resolve('congestion')
  await channel.wait((Number.parseFloat(data) || Number.POSITIVE_INFINITY) * 1000)
  return 'hangup'
}

const ringing: Application = ({ world, channel }) => {
  world.channels.ring(channel)
  return 'next'
}

const progress: Application = ({ channel }) => {
  channel.peer?.onProgress?.('PROGRESS')
  return 'next'
}

const goto: Application = ({ world, channel, data }) => {
  const parts = data.split(',')
  const priority = parts.at(-1) ?? '1'
  const exten = parts.at(-2) ?? channel.exten
  const context = parts.at(-3) ?? channel.context
  explicitGoto(channel, { context, exten, priority: world.dialplan.priority(context, exten, priority) || 1 })
  return 'next'
}

const nothing: Application = () => 'next'

/** Adds the applications that need nothing but their channel. */
export function addSimpleApplications(pbx: Pbx): void {
  pbx.add('Answer', answer)
  for (const name of ['Echo', 'MusicOnHold', 'Milliwatt', 'WaitForever']) pbx.add(name, forever)
  pbx.add('Wait', wait)
  pbx.add('WaitExten', wait)
  for (const name of ['BackGround', 'Read', 'VoiceMail']) pbx.add(name, prompt)
  for (const name of ['Set', 'MSet']) pbx.add(name, set)
  pbx.add('UserEvent', userEvent)
  pbx.add('Hangup', hangup)
  pbx.add('Busy', busy)
  pbx.add('Congestion', congestion)
  pbx.add('Ringing', ringing)
  pbx.add('Progress', progress)
  pbx.add('Goto', goto)
  for (const name of ['NoOp', 'Verbose', 'Log', 'SendDTMF', 'MixMonitor', 'StopMixMonitor']) pbx.add(name, nothing)
}
