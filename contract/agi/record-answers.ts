// Records what an Asterisk answers to each command, for the table test of the library's reader (test/agi/recorded).
// source an environment with a server of ours that is up, then: node --import tsx contract/agi/record-answers.ts 22
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect } from 'amiable'
import { ACCOUNTS, settingsFor } from '../../tools/servers/asterisk/settings.ts'
import { PlainAgi } from './plain-agi.ts'
import { press } from './stage.ts'

const version = process.argv[2] === '16' ? 16 : 22
const place = fileURLToPath(
  new URL(`../../packages/amiable/test/agi/recorded/answers-${version}.json`, import.meta.url),
)

/** A line; and the digits to press while it is carried out. */
const COMMANDS: readonly (readonly [line: string, digits?: string])[] = [
  ['ANSWER'],
  ['ASYNCAGI BREAK'],
  ['CHANNEL STATUS'],
  ['CHANNEL STATUS "no/such"'],
  ['DATABASE PUT "amiable" "key" "a (b) \\"c\\""'],
  ['DATABASE GET "amiable" "key"'],
  ['DATABASE GET "amiable" "none"'],
  ['DATABASE DEL "amiable" "key"'],
  ['DATABASE DEL "amiable" "key"'],
  ['DATABASE PUT "amiable" "key" ""'],
  ['DATABASE GET "amiable" "key"'],
  ['DATABASE DELTREE "amiable"'],
  ['DATABASE DELTREE "amiable"'],
  ['EXEC "NoOp" "one"'],
  ['EXEC "NoSuchApplication"'],
  ['EXEC "ReadExten"'],
  ['EXEC "Playback" "no/such"'],
  ['GET DATA "beep" "300" "4"'],
  ['GET DATA "beep" "2000" "4"', '12#'],
  ['GET DATA "beep" "2000" "2"', '34'],
  ['GET DATA "beep" "2000" "4"', '#'],
  ['GET DATA "" "500" "4"', '5'],
  ['GET DATA "no/such" "300" "4"'],
  [`GET FULL VARIABLE "a \${LABGLOBAL} (b)"`],
  [`GET FULL VARIABLE "\${NOTHING}"`],
  [`GET FULL VARIABLE "\${URIDECODE(a%0Ab%29)} c)"`],
  [`GET FULL VARIABLE "\${EXTEN}" "no/such"`],
  ['GET OPTION "beep" "12" "300"'],
  ['GET OPTION "beep" "12" "3000"', '2'],
  ['GET VARIABLE "LABGLOBAL"'],
  ['GET VARIABLE "NOTHING"'],
  ['GET VARIABLE "CALLERID(all)"'],
  ['GET VARIABLE "NOSUCH()"'],
  ['GOSUB "default" "routine" "1" "one,two"'],
  ['GET VARIABLE "GOSUB_RETVAL"'],
  ['GOSUB "default" "nosuch" "1"'],
  ['GOSUB "default" "member" "nosuch"'],
  ['HANGUP "no/such"'],
  ['NOOP'],
  ['NOOP "a" "b"'],
  ['RECEIVE CHAR "100"'],
  ['RECEIVE TEXT "100"'],
  ['RECORD FILE "/tmp/amiable-record" "gsm" "#" "200"'],
  ['RECORD FILE "/tmp/amiable-record" "gsm" "#" "3000"', '#'],
  ['RECORD FILE "/no/such/place" "gsm" "#" "200"'],
  ['SAY ALPHA "ab" ""'],
  ['SAY ALPHA "abcdef" "1"', '1'],
  ['SAY DATE "0" ""'],
  ['SAY DATETIME "0" "" "Y"'],
  ['SAY DIGITS "12" ""'],
  ['SAY DIGITS "x" ""'],
  ['SAY NUMBER "12" ""'],
  ['SAY PHONETIC "a" ""'],
  ['SAY TIME "0" ""'],
  ['SEND IMAGE "none"'],
  ['SEND TEXT "hello"'],
  ['SET AUTOHANGUP "0"'],
  ['SET CALLERID "\\"Ann \\\\\\"A\\\\\\" Lee\\" <42>"'],
  ['GET VARIABLE "CALLERID(all)"'],
  ['SET CONTEXT "default"'],
  ['SET EXTENSION "wait"'],
  ['SET MUSIC "off"'],
  ['SET PRIORITY "1"'],
  ['SET PRIORITY "nosuch"'],
  ['SET VARIABLE "A" "two words"'],
  ['SPEECH CREATE "none"'],
  ['SPEECH SET "a" "b"'],
  ['SPEECH DESTROY'],
  ['SPEECH LOAD GRAMMAR "a" "b"'],
  ['SPEECH UNLOAD GRAMMAR "a"'],
  ['SPEECH ACTIVATE GRAMMAR "a"'],
  ['SPEECH DEACTIVATE GRAMMAR "a"'],
  ['SPEECH RECOGNIZE "beep" "1"'],
  ['STREAM FILE "beep" ""'],
  ['STREAM FILE "vm-goodbye" "12" "0"', '1'],
  ['STREAM FILE "no/such" ""'],
  ['CONTROL STREAM FILE "beep" ""'],
  ['CONTROL STREAM FILE "no/such" ""'],
  ['TDD MODE "on"'],
  ['VERBOSE "text" "1"'],
  ['WAIT FOR DIGIT "100"'],
  ['WAIT FOR DIGIT "3000"', '7'],
  ['GET'],
  ['NO SUCH COMMAND'],
  ['WAIT FOR DIGIT'],
]

const { ports } = settingsFor(version)
await using ami = await connect({ host: '127.0.0.1', port: ports.ami, username: 'frank', secret: ACCOUNTS.frank })
await using plain = await PlainAgi.listen()
const recorded: { line: string; answer: string }[] = []
const call = await plain.call(ami)
for (const [line, digits] of COMMANDS) {
  const answering = call.ask(line)
  if (digits) await press(ami, call.far, digits)
  recorded.push({ line, answer: await answering })
  console.log(JSON.stringify(recorded.at(-1)))
}
const from = call.wire.text.length
call.wire.send('HANGUP\n')
await call.wire.until(/HANGUP\n/)
for (const line of ['CHANNEL STATUS', 'GET VARIABLE "LABGLOBAL"', 'STREAM FILE "beep" ""']) {
  call.wire.send(`${line}\n`)
  await call.wire.until(/\d{3} [^\n]*\n/)
}
const hungUp = call.wire.text.slice(from)
writeFileSync(place, `${JSON.stringify({ environment: call.environment, recorded, hungUp }, undefined, 1)}\n`)
