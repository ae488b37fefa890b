import type { Mailbox } from '../model/stores.ts'
import type { ActionContext, Handlers } from './context.ts'

function describe(box: Mailbox): string {
  return (
    `VMContext: ${box.context}\r\nVoiceMailbox: ${box.box}\r\nFullname: ${box.fullName}\r\nEmail: ${box.email}\r\n` +
    'Pager: \r\nServerEmail: asterisk\r\nFromString: \r\nMailCommand: /usr/sbin/sendmail -t\r\nLanguage: \r\n' +
    'TimeZone: \r\nCallback: \r\nDialout: \r\nUniqueID: \r\nExitContext: \r\nSayDurationMinimum: 2\r\nSayEnvelope: Yes\r\n' +
    'SayCID: No\r\nAttachMessage: Yes\r\nAttachmentFormat: \r\nDeleteMessage: No\r\nVolumeGain: 0.00\r\nCanReview: No\r\n' +
    'CanMarkUrgent: Yes\r\nCallOperator: No\r\nMaxMessageCount: 100\r\nMaxMessageLength: 0\r\n' +
    `NewMessageCount: ${box.new}\r\nOldMessageCount: ${box.old}\r\n`
  )
}

function boxOf({ action, reply, world }: ActionContext): Mailbox | undefined {
  const context = action.header('Context')
  const box = action.header('Mailbox')
  if (context === '' || box === '') return void reply.error("Need 'Context' and 'Mailbox' parameters.")
  const found = world.mailboxes.all.get(`${box}@${context}`)
  // a failure that says Success, without a list
  if (found === undefined) return void reply.success('There is no voicemail user of the given info.')
  return found
}

function change(done: string) {
  return ({ action, reply }: ActionContext) => {
    if (action.header('Mailbox') === '') return reply.error('Mailbox not specified, required')
    if (action.header('Context') === '') return reply.error('Context not specified, required')
    if (action.header('Folder') === '') return reply.error('Folder not specified, required')
    if (action.header('ID') === '') return reply.error('ID not specified, required')
    // app_voicemail.c says Success and means failure
    reply.success(`Message ${done} failed\n`)
  }
}

/** Voicemail. */
export const voicemailActions: Handlers = {
  VoicemailUsersList({ reply, world }) {
    if (world.mailboxes.all.size === 0) return reply.success('There are no voicemail users currently defined.')
    reply.start('Voicemail user list will follow')
    for (const box of world.mailboxes.all.values()) reply.item('VoicemailUserEntry', describe(box))
    reply.complete('VoicemailUserEntryComplete')
  },
  VoicemailUserStatus(context) {
    const box = boxOf(context)
    if (box === undefined) return
    context.reply.start('Voicemail user detail will follow')
    context.reply.item('VoicemailUserDetail', describe(box))
    context.reply.complete('VoicemailUserDetailComplete')
  },
  VoicemailBoxSummary(context) {
    const box = boxOf(context)
    if (box === undefined) return
    context.reply.start('Voicemail box detail will follow')
    for (let n = 1; n <= box.new; n++) {
      context.reply.row('VoicemailBoxDetail', { Folder: 'INBOX', MessageID: `msg${n}`, Duration: 0 })
    }
    context.reply.complete('VoicemailBoxDetailComplete')
  },
  VoicemailRefresh({ reply }) {
    reply.success('Refresh sent')
  },
  VoicemailMove: change('move'),
  VoicemailRemove: change('remove'),
  VoicemailForward: change('forward'),
}
