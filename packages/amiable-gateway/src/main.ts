import { Command } from 'commander'
import { addRun } from './verbs/run.ts'
import { addVerify } from './verbs/verify.ts'

const program = new Command('amiable-gateway')
program.description('Many Asterisks on NATS JetStream: every event in an ordered log.')
addRun(program)
addVerify(program)

try {
  await program.parseAsync()
} catch (error) {
  console.error(`amiable-gateway: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
