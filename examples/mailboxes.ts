// Mailboxes: whether something waits, how much, and who has one.
import { open } from './connection.ts'

await using ami = await open()

const Mailbox = '1234@default'
const { Waiting } = await ami.send('MailboxStatus', { Mailbox })
const { NewMessages, OldMessages } = await ami.send('MailboxCount', { Mailbox })
console.log(`${Mailbox}: ${Waiting === '0' ? 'nothing new' : 'something new'}, ${NewMessages} new, ${OldMessages} old`)

for await (const user of ami.list('VoicemailUsersList')) console.log(`${user.VoiceMailbox}: ${user.Fullname}`)
