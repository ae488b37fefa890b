import { hintLines } from '../model/hints.ts'
import { presenceLines } from '../model/presence.ts'
import type { ActionContext, Handlers } from './context.ts'

function hintKey(action: ActionContext['action']): string {
  return `${action.header('Exten')}@${action.header('Context') || 'default'}`
}

/** States of devices, extensions, presence; mailboxes' counts. */
export const stateActions: Handlers = {
  DeviceStateList({ reply, world }) {
    reply.start('Device State Changes will follow')
    for (const [device, state] of world.devices.all) {
      // core_unreal.c: their states are reported, and never cached
      if (device.startsWith('Local/')) continue
      reply.item('DeviceStateChange', `Device: ${device}\r\nState: ${state}\r\n`)
    }
    reply.complete('DeviceStateListComplete')
  },
  ExtensionStateList({ reply, world }) {
    reply.start('Extension Statuses will follow')
    for (const hint of world.hints.all.values()) reply.item('ExtensionStatus', hintLines(hint))
    reply.complete('ExtensionStateListComplete')
  },
  ExtensionState({ action, reply, world }) {
    if (action.header('Exten') === '') return reply.error('Extension not specified')
    const found = world.hints.all.get(hintKey(action))
    reply.lines(
      `Response: Success\r\n${reply.idLine()}Message: Extension Status\r\nExten: ${action.header('Exten')}\r\n` +
        `Context: ${action.header('Context') || 'default'}\r\nHint: ${found?.hint ?? ''}\r\nStatus: ${found?.status ?? -1}\r\n` +
        `StatusText: ${found?.text ?? 'Unknown'}\r\n`,
    )
  },
  PresenceStateList({ reply, world }) {
    reply.start('Presence State Changes will follow')
    for (const [provider, presence] of world.presence.all) {
      reply.item('PresenceStateChange', presenceLines(provider, presence))
    }
    reply.complete('PresenceStateListComplete')
  },
  PresenceState({ action, reply, world }) {
    const provider = action.header('Provider')
    if (provider === '') return reply.error('No provider specified')
    const found = world.presence.find(provider)
    // presencestate.c:ast_presence_state: custom presences are the only ones that anybody provides
    if (found === undefined && !/^CustomPresence:/i.test(provider)) {
      return reply.error(`Invalid provider ${provider} or provider in invalid state`)
    }
    // two headers named Message (manager.c:action_presencestate)
    let lines = `Response: Success\r\n${reply.idLine()}Message: Presence State\r\nState: ${found?.state ?? 'not_set'}\r\n`
    if (found !== undefined && found.subtype !== '') lines += `Subtype: ${found.subtype}\r\n`
    if (found !== undefined && found.message !== '') {
      lines += `Message: ${found.message}\r\nPresenceMessage: ${found.message}\r\n`
    }
    reply.lines(lines)
  },
  MailboxCount({ action, reply, world }) {
    const address = action.header('Mailbox')
    if (address === '') return reply.error('Mailbox not specified')
    const box = world.mailboxes.find(address)
    reply.lines(
      `Response: Success\r\n${reply.idLine()}Message: Mailbox Message Count\r\nMailbox: ${address}\r\n` +
        `UrgMessages: ${box?.urgent ?? 0}\r\nNewMessages: ${box?.new ?? 0}\r\nOldMessages: ${box?.old ?? 0}\r\n`,
    )
  },
  MailboxStatus({ action, reply, world }) {
    const address = action.header('Mailbox')
    if (address === '') return reply.error('Mailbox not specified')
    const waiting = (world.mailboxes.find(address)?.new ?? 0) > 0 ? 1 : 0
    reply.lines(
      `Response: Success\r\n${reply.idLine()}Message: Mailbox Status\r\nMailbox: ${address}\r\nWaiting: ${waiting}\r\n`,
    )
  },
}
