// Filters in the server: what is not sent costs nobody anything.
import { addEventFilter } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

// a filter lasts as long as the login, so it is set again after each
const filter = () => addEventFilter(ami, { action: 'exclude', event: 'UserEvent', header: 'Colour', value: 'grey' })
await filter()
const watching = (async () => {
  for await (const status of ami.status()) if (status.type === 'ready') await filter()
})()

ami.on('UserEvent', (event) => console.log(`heard ${event.get('Colour')}`))
for (const Colour of ['red', 'grey', 'green']) await ami.send('UserEvent', { UserEvent: 'Paint', Colour })
await ami.send('Ping')
await ami.close()
await watching
