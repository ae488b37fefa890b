import assert from 'node:assert/strict'
import { settle } from '../../src/testing/time/settle.ts'
import type { LinkRig } from './link-rig.ts'
import type { Heard, Peer } from './peer.ts'

export const NARROW = ['ListCommands', 'Ping', 'Originate', 'QueueStatus']
export const ASKS = [...NARROW, 'Getvar']

/** Connects anew where there was a link, and gets in without FullyBooted. */
export async function login(rig: LinkRig): Promise<Peer> {
  if (rig.link.state === 'idle') rig.link.connect()
  else {
    rig.peer.end()
    await settle()
    rig.clock.tick(rig.last('waiting')?.delay ?? 0)
  }
  await settle()
  await rig.peer.acceptWhileBooting()
  await settle()
  return rig.peer
}

export async function commands(peer: Peer, names: readonly string[]): Promise<void> {
  const asked = await peer.next()
  assert.equal(asked.name, 'ListCommands')
  peer.reply(asked, 'Success', ...names.map((name) => `${name}: Does this.  (Priv: call,all)`))
  await settle()
}

export const NO_COMMAND = ['Message: Command output follows', "Output: No such command 'core show version'"]

/** Answers what a first login asks: what there is, and blindly the CLI. */
export async function firstCommands(peer: Peer, names: readonly string[], ...cli: string[]): Promise<void> {
  await commands(peer, names)
  const asked = await peer.next()
  assert.equal(asked.get('Command'), 'core show version')
  if (cli.length === 0) peer.reply(asked, 'Error', 'Message: Permission denied')
  else peer.reply(asked, cli === NO_COMMAND ? 'Error' : 'Success', ...cli)
  await settle()
}

export const asked = (heard: Heard) => [heard.name, heard.get('Command') ?? heard.get('Variable')]
export const names = (peer: Peer) => peer.actions.slice(2).map(({ name }) => name)
