// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of a dialplan
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../../../src/testing/index.ts'

const dialplan = `
[default]
exten => s,1,Answer()
 same => n(again),AGI(agi:async,first,\${LONG})
 same => n,Wait(1)
 same => n,AGI(agi:async,second)
 same => n,Wait(10)
`

/** A channel in AsyncAGI, a session that tells it what to do, and one that hears what becomes of it. */
async function began(sounds: Record<string, number> = {}, long = '') {
  const clock = new ManualClock()
  const server = await startServer({ clock, dialplan, sounds })
  const mouth = await RawClient.login(server.port)
  const ears = await RawClient.login(server.port, 'agi,dialplan')
  server.channels.setVariable(undefined, 'LONG', long)
  const channel = server.channels.create({ name: 'PJSIP/100', run: true })
  await clock.advance(5)
  await ears.until(/Event: AsyncAGIStart\r\n/)
  const tell = (command: string, id = '') =>
    mouth.ask({ Action: 'AGI', Channel: channel, Command: command, ...(id && { CommandID: id }) })
  // AGIExecEnd has its Result behind a ResultCode
  const encoded = async () => {
    const text = await ears.until(/Linkedid: [^\r]*\r\nResult: [^\r]*\r\n/)
    return text.slice(text.lastIndexOf('Result: ') + 8, -2)
  }
  const result = async () => decodeURIComponent(await encoded())
  const dispose = async () => {
    await server.close()
    for (const session of [mouth, ears]) session[Symbol.dispose]()
  }
  return { clock, server, mouth, ears, channel, tell, encoded, result, [Symbol.asyncDispose]: dispose }
}

test('an answer past 1,024 bytes begins the next event’s, and so do all behind it', async () => {
  await using call = await began()
  const { tell, result } = call
  await tell(`SET VARIABLE A ${'x'.repeat(900)}`)
  assert.equal(await result(), '200 result=1\n')
  await tell('GET FULL VARIABLE ${A}${A}')
  assert.equal((await result()).length, 1024)
  await tell('NOOP', 'late')
  assert.match(await result(), /^x+\)\n200 result=0\n$/)
  await tell('NOOP')
  assert.equal(await result(), '200 result=0\n')
})

test('an environment past 1,024 bytes goes on in the first answer', async () => {
  await using call = await began({}, 'y'.repeat(2200))
  const { tell, result } = call
  await tell('NOOP')
  const first = await result()
  assert.equal(first.length, 1024)
  await tell('NOOP')
  assert.match(first + (await result()), /y+\n\n200 result=0\n200 result=0\n$/)
})

test('what is encoded ends at 2,047 characters, and is lost', async () => {
  await using call = await began()
  const { tell, result, encoded } = call
  await tell(`SET VARIABLE A ${'\xe9'.repeat(800)}`)
  await result()
  await tell('GET VARIABLE A')
  const text = await encoded()
  assert.ok(text.length > 2040 && text.length <= 2047 && text.endsWith('%E9'), String(text.length))
})

test('a failed command ends AsyncAGI; what is queued then waits for the next', async () => {
  await using call = await began()
  const { clock, tell, result } = call
  await tell('STREAM FILE nosuch ""')
  assert.equal(await result(), '200 result=-1 endpos=0\n')
  const end = await call.ears.until(/Variable: AGISTATUS\r\nValue: FAILURE\r\n/)
  assert.match(end, /Event: AsyncAGIEnd/)
  assert.match(await tell('GET VARIABLE AGISTATUS', 'kept'), /Added AGI command to queue/)
  await clock.advance(1000)
  const text = await call.ears.until(/Result: 200%20result%3D1%20\(FAILURE\)%0A\r\nCommandId: kept\r\n/)
  assert.match(text, /Event: AsyncAGIStart/)
})

test('a channel that was never in AsyncAGI takes no command', async () => {
  await using server = await startServer({ clock: new ManualClock() })
  using ami = await RawClient.login(server.port)
  const channel = server.channels.create({ name: 'PJSIP/100' })
  const answer = await ami.ask({ Action: 'AGI', Channel: channel, Command: 'NOOP' })
  assert.match(answer, new RegExp(`Message: Failed to add AGI command to channel ${channel} queue`))
})

test('prompts take their time, digits end them, and ControlPlayback does', async () => {
  await using call = await began({ welcome: 2000 })
  const { clock, channel, tell, result } = call
  await tell('STREAM FILE welcome 12')
  await clock.advance(1000)
  call.server.channels.dtmf(channel, '3')
  call.server.channels.dtmf(channel, '2')
  assert.equal(await result(), '200 result=50 endpos=8000\n')
  await tell('STREAM FILE welcome 12')
  await clock.advance(500)
  await call.mouth.ask({ Action: 'ControlPlayback', Channel: channel, Control: 'stop' })
  assert.equal(await result(), '200 result=0 endpos=4000\n')
  await tell('CONTROL STREAM FILE welcome 9 500')
  await clock.advance(500)
  call.server.channels.dtmf(channel, '#')
  await clock.advance(100)
  call.server.channels.dtmf(channel, '9')
  assert.equal(await result(), '200 result=57 endpos=1100\n')
  await tell('GET DATA welcome 3000 6')
  await clock.advance(2000)
  for (const digit of '12') call.server.channels.dtmf(channel, digit)
  await clock.advance(2999)
  await clock.advance(1)
  assert.equal(await result(), '200 result=12 (timeout)\n')
  await tell('RECORD FILE mine wav # 60000 s=3')
  await clock.advance(3020)
  // Asterisk 22 and 16: the milliseconds that were left, and a second of the silence
  assert.equal(await result(), '200 result=56980 (timeout) endpos=8160\n')
  await tell('STREAM FILE mine ""')
  await clock.advance(1020)
  assert.equal(await result(), '200 result=0 endpos=8160\n')
})
