import type { Client } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'

const TALK = 1_200

/** A small office on a simulated Asterisk: a call is under way, and Anna and Ben pick up when they are called. */
export async function openOffice(): Promise<SimulatedAsterisk> {
  const server = await startServer({
    users: { demo: 'demo' },
    endpoints: {
      anna: { answers: 'answer', ringTime: 600 },
      ben: { answers: 'answer', ringTime: 900 },
    },
    dialplan: '[default]\nexten => ben,1,Dial(PJSIP/ben,10)\n same => n,Hangup()\n',
  })
  const { channels } = server
  const caller = channels.create({ name: 'PJSIP/trunk', state: 'Up', callerIdName: 'Carla', exten: 'reception' })
  channels.bridge(caller, channels.create({ name: 'PJSIP/reception', state: 'Up' }))
  return server
}

/** Lets two people talk for a moment; then one of them hangs up. */
export function letThemTalk(server: SimulatedAsterisk, ami: Client): void {
  const hangUp = (channel: string) => {
    if (server.channels.get(channel)) server.channels.hangup(channel)
  }
  ami.on('BridgeEnter', ({ BridgeNumChannels, Channel = '' }) => {
    if (BridgeNumChannels === '2') setTimeout(hangUp, TALK, Channel).unref()
  })
}
