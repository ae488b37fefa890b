import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneSession } from './one-session.ts'

test('HANGUP is never an answer: before it, behind it, twice', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const read = call.getVariable('A')
  const waiting = call.streamFile('beep').catch((error) => error.code)
  assert.equal(await peer.next(), 'GET VARIABLE "A"')
  peer.send('HANGUP\nHANGUP\n200 result=1 (value)\nHANGUP\n')
  assert.equal(await read, 'value')
  assert.equal(await waiting, 'AGI_HANGUP')
  const dead = call.getVariable('DIALSTATUS')
  assert.equal(await peer.answer('200 result=1 (CANCEL)\n'), 'GET VARIABLE "DIALSTATUS"')
  assert.equal(await dead, 'CANCEL')
})

test('-1 is told apart by CHANNEL STATUS, also without the word HANGUP', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const failing = call.streamFile('no/such')
  await peer.answer('200 result=-1 endpos=0\n')
  assert.equal(await peer.answer('200 result=6\n'), 'CHANNEL STATUS')
  await assert.rejects(failing, { code: 'AGI_COMMAND', result: '-1' })
  const dialling = call.exec('Dial', ['PJSIP/100'])
  await peer.answer('200 result=-1\n')
  assert.equal(await peer.answer('200 result=6\n'), 'CHANNEL STATUS')
  assert.equal(await dialling, -1)
  const gone = call.exec('Dial', ['PJSIP/100'])
  await peer.answer('200 result=-1\n')
  assert.equal(
    await peer.answer('511 Command Not Permitted on a dead channel or intercept routine\n'),
    'CHANNEL STATUS',
  )
  await assert.rejects(gone, { code: 'AGI_HANGUP' })
  assert.equal(call.state, 'dead')
})

test('an aborted sound is fenced: whatever is answered before the fence is nobody else’s', async () => {
  for (const late of ['', '200 result=0 endpos=1\n', '200 result=1\n200 result=0 endpos=1\n']) {
    await using one = await oneSession()
    const { call, peer, server } = one
    const controller = new AbortController()
    const playing = call.streamFile('beep', { signal: controller.signal })
    playing.catch(() => {})
    const next = call.getVariable('A')
    assert.equal(await peer.next(), 'STREAM FILE "beep" ""')
    controller.abort(new Error('mine'))
    await assert.rejects(playing, { message: 'mine' })
    peer.send(late)
    await peer.answerFence()
    assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "A"')
    assert.equal(await next, 'right')
    assert.equal(server.stats().lateAnswers, late === '' ? 0 : 1)
  }
})

test('a fence that Asterisk has not seen is sent again; both answers are taken', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const controller = new AbortController()
  const playing = call.streamFile('beep', { signal: controller.signal }).catch(() => 'aborted')
  await peer.next()
  controller.abort()
  assert.equal(await playing, 'aborted')
  const first = await peer.next()
  const second = await peer.next()
  assert.notEqual(first, second)
  for (const line of [first, second]) peer.send(`200 result=1 (${/"(.*)"/.exec(line ?? '')?.[1]})\n`)
  const next = call.getVariable('A')
  assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "A"')
  assert.equal(await next, 'right')
})

test('a command that cannot be stopped is waited for, and its late answer is nobody else’s', async () => {
  const asked: unknown[] = []
  const control = { sendRaw: async (action: string, params: unknown) => void asked.push(action, params) } as never
  await using one = await oneSession({ control })
  const { call, peer, server } = one
  const saying = assert.rejects(call.sayNumber(7, { timeout: 20 }), { code: 'AMI_TIMEOUT', delivered: 'unknown' })
  await peer.next()
  await saying
  const [action, params] = asked as [string, { Control: string }]
  assert.deepEqual([action, params.Control], ['ControlPlayback', 'stop'])
  const next = call.getVariable('A')
  peer.send('200 result=0\n')
  assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "A"')
  assert.equal(await next, 'right')
  assert.equal(server.stats().lateAnswers, 1)
})

test('bytes that nobody asked for are fenced away, and too many of them end the session', async () => {
  await using one = await oneSession({ limits: { line: 1_000 } })
  const { call, peer, server } = one
  peer.send('200 result=1 (forged)\n')
  await peer.answerFence()
  const next = call.getVariable('A')
  assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "A"')
  assert.equal(await next, 'right')
  assert.equal(server.stats().outOfStep, 1)
  const waiting = call.exec('Dial', ['x'])
  await peer.next()
  peer.send('nonsense\n'.repeat(300))
  await assert.rejects(waiting, { code: 'AMI_PROTOCOL' })
  assert.equal(await peer.next(), undefined)
})

test('a flood without an end of a line, or behind a fence, ends the session', async () => {
  for (const flood of ['x'.repeat(10_000), '200 result=1 (x\n'.repeat(600)]) {
    await using one = await oneSession({ limits: { line: 1_000 } })
    const waiting = one.call.getVariable('A').catch((error) => error.code)
    await one.peer.next()
    for (let n = 0; n < 10; n++) one.peer.send(flood)
    const code = await waiting
    assert.ok(['AMI_LIMIT', 'AMI_PROTOCOL'].includes(code), code)
    while ((await one.peer.next()) !== undefined);
    assert.equal(one.call.state, 'ended')
  }
})

test('a number of EXEC that makes Asterisk show its usage does not shift the answers behind it', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const one1 = call.exec('Odd')
  const next = call.getVariable('A')
  await peer.answer('200 result=1\n')
  assert.equal(await one1, 1)
  peer.send('520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\n')
  await peer.answerFence()
  assert.equal(await peer.answer('200 result=1 (right)\n'), 'GET VARIABLE "A"')
  assert.equal(await next, 'right')
})

test('an answer past the limit rejects, and the next command gets its own', async () => {
  await using one = await oneSession({ limits: { line: 1_000 } })
  const { call, peer } = one
  const long = call.getVariable('A')
  await peer.answer(`200 result=1 (${'x'.repeat(5_000)})\n`)
  await assert.rejects(long, { code: 'AMI_LIMIT', limit: 'limits.line' })
  await peer.answerFence()
  const next = call.getVariable('B')
  await peer.answer('200 result=1 (right)\n')
  assert.equal(await next, 'right')
})

test('a value that Asterisk cut ends at the fence, not never', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const cut = call.getVariable('A')
  await peer.answer('200 result=1 (half of\nHANGUP\n')
  await peer.answerFence()
  await assert.rejects(cut, { code: 'AMI_PROTOCOL' })
})

test('no argument, value or answer stands in what is rejected, and commands by their names alone', async () => {
  await using one = await oneSession()
  const { call, peer } = one
  const failing = call.command(['GET', 'VARIABLE', 'PIN4711', 'x'], { check: true })
  await peer.answer('520 Invalid command syntax.  Proper usage not available.\n')
  const error = (await failing.catch((reason) => reason)) as Error
  assert.ok(!`${error.message}${JSON.stringify(error)}`.includes('4711'), error.message)
})
