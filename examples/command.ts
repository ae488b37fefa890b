// CLI commands: their lines as they were printed, and their failures as errors.
import { ActionError, type RawResponse } from 'amiable'
import { open } from './connection.ts'

await using ami = await open()

const [version] = await ami.command('core show version')
console.log(version)
for (const line of (await ami.command('core show uptime')).slice(0, 2)) console.log(`  ${line}`)

try {
  await ami.command('no such command')
} catch (error) {
  if (!(error instanceof ActionError)) throw error
  console.log(`refused: ${(error.response as RawResponse).getAll('Output')[0]}`)
}
