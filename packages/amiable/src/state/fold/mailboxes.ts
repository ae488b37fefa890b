import type { Mailbox } from '../records.ts'
import { renewed } from '../same.ts'
import { count, known } from '../told.ts'
import { type Fold, replace } from './fold.ts'

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
    const records = new Map<string, Mailbox>()
    return {
      row(told) {
        const box = told.get('VoiceMailbox') ?? ''
        const context = told.get('VMContext') ?? ''
        const key = `${box}@${context}`
        if (!pen.keeps('mailbox', key, key)) return
        const facts = { box, context, name: known(told.get('Fullname')) }
        const counts = { new: count(told, 'NewMessageCount'), old: count(told, 'OldMessageCount') }
        records.set(key, renewed(pen.get('mailbox', key), { ...facts, ...counts }))
      },
      done: () => replace(pen, 'mailbox', records),
    }
  },
}
