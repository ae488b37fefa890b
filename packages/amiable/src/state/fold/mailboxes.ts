import { renewed } from '../same.ts'
import { count, perhaps, text } from '../told.ts'
import { type Fold, Rows } from './fold.ts'

/**
 * The fold of mailboxes. MessageWaiting also speaks of boxes that app_voicemail has not (res/res_mwi_external.c): no list
 * would ever name those, so they are left out.
 */
export const mailboxes: Fold = {
  event(pen, told) {
    const said = told.get('Mailbox') ?? ''
    const key = said.includes('@') ? said : `${said}@default`
    const before = pen.get('mailbox', key)
    if (before === undefined) return
    pen.put('mailbox', key, renewed(before, { ...before, new: count(told, 'New'), old: count(told, 'Old') }))
  },
  list(pen) {
    const records = new Rows(pen, 'mailbox')
    return {
      row(told) {
        const box = text(told, 'VoiceMailbox')
        const context = text(told, 'VMContext')
        const key = `${box}@${context}`
        const facts = { box, context, name: perhaps(told, 'Fullname') }
        const counts = { new: count(told, 'NewMessageCount'), old: count(told, 'OldMessageCount') }
        records.add(key, renewed(pen.get('mailbox', key), { ...facts, ...counts }))
      },
      done: (slice) => records.replace(slice),
    }
  },
}
