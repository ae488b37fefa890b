// Configuration files: read with order and repetitions, and changed.
import { getConfig, updateConfig } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const queues = await getConfig(ami, 'queues.conf')
for (const { name, lines } of queues.categories) console.log(`[${name}] ${lines.length} lines`)
console.log(queues.get('support', 'strategy'))
console.log(queues.getAll('support', 'member'))

// a file for this example; making it a second time is refused, which is fine
const filename = 'amiable-example.conf'
await ami.send('CreateConfig', { Filename: filename }, { check: false })
const { categories } = await getConfig(ami, filename)

const category = 'team'
await updateConfig(ami, filename, [
  ...categories.map(({ name }) => ({ change: 'deleteCategory', category: name }) as const),
  { change: 'newCategory', category },
  { change: 'append', category, name: 'member', value: 'PJSIP/100' },
  { change: 'append', category, name: 'member', value: 'PJSIP/101' },
  { change: 'insert', category, name: 'strategy', value: 'ringall', line: 0 },
  { change: 'update', category, name: 'member', match: 'PJSIP/101', value: 'PJSIP/102' },
])
console.log((await getConfig(ami, filename)).categories[0]?.lines)
