// A module reads its configuration again; it may take longer than other actions, and no other answer comes meanwhile.
import { AmiError, reload } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

await reload(ami, 'app_queue', { timeout: 60_000 })
console.log('app_queue has reloaded')
await reload(ami, 'app_nonesuch').catch((error) => console.log(AmiError.is(error) && error.message))
