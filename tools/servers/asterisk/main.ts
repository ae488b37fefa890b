// npm run asterisk -- up|down|status [22|16]
import { bringUp, findRunning, type RunningAsterisk } from './asterisk.ts'
import { obstacle } from './machine.ts'
import { type AsteriskVersion, VERSIONS } from './settings.ts'

const USAGE = `npm run asterisk -- up|down|status [22|16]

  up      builds (once) and starts real Asterisks from Debian's packages; needs root and Debian
  down    stops them
  status  says which run, and how to connect

  AMIABLE_ASTERISK_CACHE      where they live (/var/cache/amiable/asterisk)
  AMIABLE_ASTERISK_PORT_BASE  AMI on base + 5038 (22) and base + 6038 (16), TLS on the next port (base 20000)`

const COMMANDS = { up, down, status }

const [verb = '', which] = process.argv.slice(2)
const versions = VERSIONS.filter((version) => which === undefined || String(version) === which)
if (!Object.hasOwn(COMMANDS, verb) || versions.length === 0 || process.argv.length > 4) {
  console.error(USAGE)
  process.exit(2)
}
const why = obstacle()
if (why) {
  console.error(`No server was touched: ${why}.`)
  process.exit(1)
}
try {
  await Promise.all(versions.map(COMMANDS[verb as keyof typeof COMMANDS]))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function up(version: AsteriskVersion): Promise<void> {
  const started = Date.now()
  const asterisk = await bringUp(version, { log: console.log })
  const how = asterisk.adopted ? 'was running' : `up in ${((Date.now() - started) / 1000).toFixed(1)} s`
  console.log(`${asterisk.name} ${how}\n${connection(asterisk)}`)
}

async function down(version: AsteriskVersion): Promise<void> {
  const asterisk = findRunning(version)
  await asterisk?.stop()
  console.log(`Asterisk ${version} ${asterisk ? 'stopped' : 'was not running'}`)
}

async function status(version: AsteriskVersion): Promise<void> {
  const asterisk = findRunning(version)
  if (!asterisk) return console.log(`Asterisk ${version} is not running`)
  const found = (await asterisk.cli('core show version', 3_000).catch(() => 'does not answer')).split(' built ')[0]
  console.log(`${found?.trim()}, pid ${asterisk.pid}\n${connection(asterisk)}`)
}

function connection(asterisk: RunningAsterisk): string {
  const { host, port, tlsPort, ca, users, root, logFile } = asterisk
  const accounts = Object.entries(users).map(([user, secret]) => `${user}:${secret}`)
  return [
    `  AMI       ${host}:${port}`,
    `  TLS       ${host}:${tlsPort}, trusting ${ca}`,
    `  accounts  ${accounts.join(' ')}`,
    `  console   chroot ${root} asterisk -r`,
    `  log       ${logFile}`,
  ].join('\n')
}
