import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { type CallAgiOptions, callAgi, ManualClock, startServer } from '../../../src/testing/index.ts'
import { systemClock } from '../../../src/util/clock.ts'

/** A FastAGI server of one connection that knows nothing but lines, and a call to it. */
async function plain(options: CallAgiOptions = {}) {
  const server = createServer({ noDelay: true, allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const connected = once(server, 'connection') as Promise<[Socket]>
  const call = await callAgi({ port, ...options })
  const [socket] = await connected
  socket.setEncoding('latin1')
  const chunks: string[] = []
  let text = ''
  let from = 0
  const looks = new Set<() => void>()
  socket.on('data', (chunk: string) => {
    chunks.push(chunk)
    text += chunk
    for (const look of [...looks]) look()
  })
  const until = (end: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const at = text.indexOf(end, from)
        if (at === -1) return
        looks.delete(look)
        const found = text.slice(from, at + end.length)
        from = at + end.length
        resolve(found)
      }
      looks.add(look)
      look()
    })
  const environment = await until('\n\n')
  const write = (line: string) => void socket.write(`${line}\n`, 'utf8')
  const ask = async (line: string) => {
    write(line)
    return await until('\n')
  }
  const dispose = async () => {
    socket.destroy()
    server.close()
    await call[Symbol.asyncDispose]()
  }
  return { call, port, socket, chunks, environment, until, write, ask, [Symbol.asyncDispose]: dispose }
}

describe('over FastAGI', () => {
  test('the environment is as Asterisk sends it, with what the test gave', async () => {
    await using agi = await plain({
      script: 'ivr/main?lang=en',
      args: ['first', 'a, b', 'say "hi" (now)', ''],
      caller: '100',
      callerName: 'Zoë',
      variables: { COLOUR: 'sky, blue' },
    })
    const lines = agi.environment.split('\n')
    assert.equal(lines[0], 'agi_network: yes')
    assert.equal(lines[1], 'agi_network_script: ivr/main?lang=en')
    assert.equal(lines[2], `agi_request: agi://127.0.0.1:${agi.port}/ivr/main?lang=en`)
    assert.equal(lines[3], `agi_channel: ${agi.call.channel}`)
    assert.ok(lines.includes(`agi_uniqueid: ${agi.call.uniqueid}`))
    assert.ok(lines.includes('agi_callerid: 100') && lines.includes('agi_calleridname: Zo\xc3\xab'))
    assert.deepEqual(
      lines.filter((line) => line.startsWith('agi_arg')),
      ['agi_arg_1: first', 'agi_arg_2: a, b', 'agi_arg_3: say "hi" (now)', 'agi_arg_4: '],
    )
    assert.equal(await agi.ask('GET VARIABLE COLOUR'), '200 result=1 (sky, blue)\n')
  })

  test('commands are kept, variables are read, and the end tells where the dialplan goes on', async () => {
    await using agi = await plain()
    assert.equal(await agi.ask('ANSWER'), '200 result=0\n')
    await agi.ask('SET VARIABLE "BALANCE" "1 2 \\"é\\""')
    await agi.ask('GET  DATA ""  1')
    await agi.ask('SET EXTENSION other')
    await agi.ask('SET PRIORITY 7')
    agi.socket.end()
    assert.deepEqual(await agi.call.ended, {
      agiStatus: 'SUCCESS',
      hungUp: false,
      next: { context: 'default', exten: 'other', priority: 7 },
    })
    assert.deepEqual(agi.call.commands, [
      'ANSWER',
      'SET VARIABLE BALANCE "1 2 \\"é\\""',
      'GET DATA "" 1',
      'SET EXTENSION other',
      'SET PRIORITY 7',
    ])
    assert.equal(agi.call.variables.get('BALANCE'), '1 2 "é"')
    assert.equal(agi.call.variables.get('AGISTATUS'), 'SUCCESS')
  })

  test('prompts are heard in their order, and keys are pressed on the clock', async () => {
    const clock = new ManualClock()
    await using agi = await plain({ clock, sounds: { welcome: 2_000, 'enter-account': 1_000 } })
    agi.write('STREAM FILE welcome ""')
    assert.equal(await agi.call.heard(), 'welcome')
    await clock.advance(2_000)
    assert.equal(await agi.until('\n'), '200 result=0 endpos=16000\n')
    agi.write('GET DATA enter-account 5000 6')
    await agi.call.heard('enter-account')
    const pressed = agi.call.press('1234#')
    await clock.advance(399)
    await clock.advance(1)
    await pressed
    assert.equal(await agi.until('\n'), '200 result=1234\n')
    assert.equal(await agi.ask('STREAM FILE nosuch ""'), '200 result=-1 endpos=0\n')
    const never = agi.call.heard('goodbye', { timeout: 1_000 })
    const late = assert.rejects(never, { code: 'AMI_TIMEOUT', message: /did not hear 'goodbye' in 1000 ms/ })
    await clock.advance(1_000)
    await late
    const over = assert.rejects(agi.call.heard('goodbye'), {
      code: 'AMI_CLOSED',
      message: "the AGI ended before the caller heard 'goodbye'; it heard nothing else",
    })
    agi.socket.end()
    await over
  })

  test('a sound and a recording end where Date stands still, as some test runners make it', async () => {
    const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 1) }
    await using agi = await plain({ clock, sounds: { welcome: 40 } })
    assert.match(await agi.ask('STREAM FILE welcome ""'), /^200 result=0 /)
    assert.match(await agi.ask('RECORD FILE said wav # 40'), /^200 result=0 \(timeout\) endpos=\d+$/m)
  })

  test('a hangup and a redirect end the AGI alike, and leave the call elsewhere', async () => {
    await using one = await plain()
    one.write('WAIT FOR DIGIT -1')
    while (one.call.commands.length === 0) await new Promise((resolve) => setImmediate(resolve))
    one.call.hangup(17)
    assert.equal(await one.until('HANGUP\n'), '200 result=-1\nHANGUP\n')
    assert.match(await one.ask('CHANNEL STATUS'), /^511 /)
    assert.equal(await one.ask('GET VARIABLE HANGUPCAUSE'), '200 result=1 (17)\n')
    one.socket.end()
    assert.deepEqual(await one.call.ended, { agiStatus: 'HANGUP', hungUp: true, next: undefined })

    await using two = await plain()
    two.call.redirect({ exten: 'other' })
    assert.equal(await two.until('HANGUP\n'), 'HANGUP\n')
    two.socket.end()
    const next = { context: 'default', exten: 'other', priority: 1 }
    assert.deepEqual(await two.call.ended, { agiStatus: 'HANGUP', hungUp: false, next })
  })

  test('answers of the test’s own, by the words of a command', async () => {
    await using agi = await plain()
    agi.call.reply('DATABASE GET', '200 result=-1')
    agi.call.reply('database get once', (words) => `200 result=1 (${words.at(-1)})\n`, { times: 1 })
    assert.equal(await agi.ask('DATABASE GET once a'), '200 result=1 (a)\n')
    assert.equal(await agi.ask('DATABASE GET once b'), '200 result=-1\n')
    assert.equal(await agi.ask('DATABASE GETX c'), '510 Invalid or unknown command\n')
  })

  test('an answer’s function that throws ends the call with its error', async () => {
    await using agi = await plain()
    agi.call.reply('NOOP', () => {
      throw new RangeError('of the test')
    })
    const ended = assert.rejects(agi.call.ended, { name: 'RangeError', message: 'of the test' })
    agi.write('NOOP')
    await once(agi.socket, 'end')
    await ended
  })

  test('faults: segments, a hangup behind an answer, silence', async () => {
    await using agi = await plain()
    const split = agi.call.faults.splitAt(1)
    const before = agi.chunks.length
    await agi.ask('NOOP')
    assert.deepEqual(agi.chunks.slice(before), ['2', '00 result=0\n'])
    split.off()
    assert.equal(split.hits, 1)
    agi.call.faults.hangupBehind('GET VARIABLE')
    await agi.ask('NOOP')
    const last = agi.chunks.length
    agi.write('GET VARIABLE EXTEN')
    await agi.until('HANGUP\n')
    assert.deepEqual(agi.chunks.slice(last), ['200 result=1 (s)\nHANGUP\n'])
    const silence = agi.call.faults.silent()
    const kept = agi.call.commands.length
    agi.write('NOOP')
    agi.socket.end()
    await agi.call.ended
    assert.equal(agi.call.commands.length, kept)
    silence.off()
  })

  test('nobody listens: FAILURE, and the dialplan goes on', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await using call = await callAgi({ port })
    const { agiStatus, next } = await call.ended
    assert.deepEqual([agiStatus, next?.priority], ['FAILURE', 2])
  })
})

test('over AsyncAGI the same call waits in a simulated Asterisk', async () => {
  const clock = new ManualClock()
  await using server = await startServer({ clock, sounds: { welcome: 2_000 } })
  using ears = await RawClient.login(server.port, 'agi,dialplan')
  using mouth = await RawClient.login(server.port)
  await using call = await callAgi({ server, script: 'ivr/main?lang=en', args: ['first'], caller: '100' })
  const start = await ears.until(/Env: [^\r]*\r\n/)
  const environment = decodeURIComponent(/Env: ([^\r]*)/.exec(start)?.[1] ?? '')
  assert.match(environment, /^agi_request: async\n/)
  assert.match(environment, /\nagi_arg_1: ivr\/main\?lang=en\nagi_arg_2: first\n\n$/)
  const listed = await mouth.ask({ Action: 'CoreShowChannels' })
  assert.match(listed, /Application: AGI\r\nApplicationData: agi:async,ivr\/main\?lang=en,first\r\n/)
  const tell = (Command: string) => mouth.ask({ Action: 'AGI', Channel: call.uniqueid, Command })
  await tell('STREAM FILE welcome 12')
  assert.equal(await call.heard(), 'welcome')
  await clock.advance(1_000)
  await call.press('2')
  await ears.until(/Result: 200%20result%3D50%20endpos%3D8000%0A\r\n/)
  assert.throws(() => call.faults.splitAt(1), { code: 'AMI_ARGUMENT', message: /cannot be splitAt in AsyncAGI/ })
  call.faults.hangupBehind('NOOP')
  await tell('NOOP')
  await ears.until(/Result: 200%20result%3D0%0A\r\n/)
  assert.deepEqual(await call.ended, { agiStatus: 'HANGUP', hungUp: true, next: undefined })
  await ears.until(/Event: AsyncAGIEnd\r\n/)
  assert.deepEqual(call.commands, ['STREAM FILE welcome 12', 'NOOP'])
})

test('a simulated Asterisk that closes ends the call in it', async () => {
  const server = await startServer()
  const call = await callAgi({ server })
  const heard = assert.rejects(call.heard(), { code: 'AMI_CLOSED' })
  await server.close()
  assert.deepEqual(await call.ended, { agiStatus: 'HANGUP', hungUp: true, next: undefined })
  await heard
  await call[Symbol.asyncDispose]()
})

test('a call that is disposed in a prompt ends, and its socket with it', async () => {
  const agi = await plain({ sounds: { long: 60_000 } })
  agi.write('STREAM FILE long ""')
  await agi.call.heard('long')
  await agi.call[Symbol.asyncDispose]()
  assert.equal((await agi.call.ended).agiStatus, 'HANGUP')
  await agi[Symbol.asyncDispose]()
})

test('what is given is checked, and an error names it', async () => {
  await using server = await startServer()
  const wrong: readonly (readonly [options: unknown, message: RegExp])[] = [
    [undefined, /options must be an object such as \{ port \}, got undefined/],
    [{}, /port must be given, or a `server`/],
    [{ port: 1, server }, /port must be given without a `server`/],
    [{ port: 0 }, /port must be a whole number from 1 to 65535, got the number 0/],
    [{ server: {} }, /server must be what startServer returned/],
    [{ server, clock: new ManualClock() }, /clock cannot be given with a server/],
    [{ port: 1, args: 'first' }, /args must be a list of strings/],
    [{ port: 1, args: [1] }, /args\[0\] must be a string, got the number 1/],
    [{ port: 1, sounds: { a: -1 } }, /sounds\.a must be/],
    [{ port: 1, voice: true }, /voice is unknown/],
    [{ port: 1, asterisk: 18 }, /asterisk must be 16 or 22/],
  ]
  for (const [options, message] of wrong) {
    await assert.rejects(callAgi(options as CallAgiOptions), { code: 'AMI_ARGUMENT', message }, String(message))
  }
  await using call = await callAgi({ server })
  await assert.rejects(call.press('12a'), /digits must be keys out of 0-9, \*, # and A-D, got the string '12a'/)
  assert.throws(() => call.redirect({}), /target must name a place/)
  assert.throws(() => call.reply('NOOP', ''), /answer must/)
  assert.throws(() => call.hangup(200), /cause must be/)
})
