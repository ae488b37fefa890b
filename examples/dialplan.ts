// The dialplan: what an extension does, one added at run time and taken away again.
import { open } from './connection.ts'

await using ami = await open()

for await (const step of ami.list('ShowDialPlan', { Context: 'default', Extension: 'wait' })) {
  if (step.Application) console.log(`${step.Extension},${step.Priority}: ${step.Application}(${step.AppData ?? ''})`)
}

const added = { Context: 'example', Extension: '500' }
await ami.send('DialplanExtensionAdd', {
  ...added,
  Priority: 1,
  Application: 'NoOp',
  ApplicationData: 'hello',
  Replace: true,
})
const { events } = await ami.send('ShowDialPlan', { Context: 'example' })
console.log(events.map((step) => `${step.Extension}: ${step.Application}`).join('\n'))
await ami.send('DialplanExtensionRemove', added)
