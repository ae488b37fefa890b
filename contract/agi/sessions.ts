// One suite for both transports: what a handler does with a call, and what becomes of both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AmiError, type Client } from 'amiable'
import { type AgiSession, listenAgi } from 'amiable/agi'
import { nextEvent } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { hasComeTo, onStage, pressing, type Stage, type StageOptions, type Transport } from './stage.ts'

/** Sessions on one server over one transport. */
export function sessions(target: Target, transport: Transport): void {
  const isAsync = transport.name === 'async'
  const stage = async <T>(body: (call: AgiSession, stage: Stage) => Promise<T>, options?: StageOptions) => {
    const { error, value, agiStatus } = await onStage(target, transport, body, options)
    if (error !== undefined) throw error
    return { value: value as T, agiStatus }
  }
  const it = (title: string, body: () => Promise<unknown>) =>
    test(`${target.name}, ${transport.name}: ${title}`, async () => void (await body()))

  it('the dialplan says what it wants', async () => {
    const options = { path: 'ivr/main?lang=en', args: ['first', '"second, with a comma"'], callerId: '"Ann Lee" <42>' }
    const { value, agiStatus } = await stage(
      async ({ request, transport: name, state }) => [request, name, state] as const,
      options,
    )
    const [request, name, state] = value
    assert.deepEqual(
      [request.path, request.query.get('lang'), request.args],
      ['ivr/main', 'en', ['first', 'second, with a comma']],
    )
    assert.deepEqual([request.suspect, request.complete, name, state], [[], true, transport.name, 'live'])
    assert.match(request.channel, /^Local\/wait@default-.*;1$/)
    assert.equal(agiStatus, 'SUCCESS')
  })

  it('every command that needs no phone says what Asterisk documents, in words', async () => {
    await stage(async (call, { ami, far }) => {
      await call.answer()
      assert.equal(await call.channelStatus(), 'up')
      assert.equal(await call.channelStatus('no/such'), undefined)
      assert.equal(await call.hangup('no/such'), false)
      await call.databasePut('amiable-agi', 'key/sub', 'a (b) "c"')
      assert.equal(await call.databaseGet('amiable-agi', 'key/sub'), 'a (b) "c"')
      assert.equal(await call.databaseGet('amiable-agi', 'none'), undefined)
      await call.databaseDel('amiable-agi', 'none')
      assert.equal(await call.databaseDeltree('amiable-agi'), true)
      assert.equal(await call.databaseDeltree('amiable-agi'), false)
      assert.equal(await call.getFullVariable(`a \${LABGLOBAL} b`), 'a global value b')
      assert.equal(await call.getFullVariable(`\${EXTEN}`, { channel: 'no/such' }), undefined)
      assert.equal(await call.getVariable('NOT_SET'), undefined)
      assert.equal(await call.exec('NoOp', ['x']), 0)
      await assert.rejects(call.exec('NoSuchApplication'), { code: 'AGI_COMMAND', command: 'EXEC', result: '-2' })
      assert.deepEqual(await call.gosub('default', 'routine', 1, ['one', 'two (a,b)']), {
        returned: true,
        value: 'one+two (a,b)',
      })
      assert.deepEqual(await call.streamFile('beep'), { digit: undefined, position: 3520, end: 'finished' })
      assert.deepEqual(await call.controlStreamFile('beep'), { digit: undefined, position: undefined, end: 'finished' })
      assert.deepEqual(await call.sayNumber(7), { digit: undefined })
      assert.deepEqual(await call.sayDigits('12'), { digit: undefined })
      assert.deepEqual(await call.sayAlpha('ab'), { digit: undefined })
      assert.deepEqual(await call.sayPhonetic('a'), { digit: undefined })
      const digits = <T>(pressed: string, asking: () => Promise<T>) => pressing({ ami, far }, [pressed], asking)
      // what is said for long is cut short by the caller
      assert.deepEqual(await digits('1', () => call.sayDate(new Date(0), { escapeDigits: '1' })), { digit: '1' })
      assert.deepEqual(await digits('1', () => call.sayTime(0, { escapeDigits: '1' })), { digit: '1' })
      assert.deepEqual(await call.sayDatetime(new Date(0), { format: 'Y' }), { digit: undefined })
      const recorded = await call.recordFile('/tmp/amiable-agi', { format: 'gsm', maxDuration: 100 })
      assert.deepEqual([recorded.digit, recorded.end], [undefined, 'timeout'])
      assert.equal(await call.waitForDigit(50), undefined)
      assert.equal(await call.receiveText(50), undefined)
      // of a channel without text Asterisk says that it has hung up, and ends AsyncAGI for it
      if (!isAsync) assert.equal(await call.receiveChar(50), undefined)
      await call.sendText('hello')
      await call.sendImage('none')
      await call.setAutohangup(60_000)
      await call.setAutohangup(0)
      await call.setCallerid({ number: '42', name: 'Ann "A" \\ Lee' })
      assert.equal(await call.getVariable('CALLERID(name)'), 'Ann "A" \\ Lee')
      await call.setMusic(true)
      await call.setMusic(false)
      assert.equal(await call.tddMode('off'), false)
      await call.verbose('text "quoted"')
      await call.noop()
      await call.continueAt({ context: 'default', exten: 'answered', priority: 1 })
      assert.equal(await call.getVariable('EXTEN'), 'answered')
      await assert.rejects(call.setPriority('no-such-label'), { code: 'AGI_COMMAND', status: 520 })
      for (const failing of [
        call.speech.create('none'),
        call.speech.set('a', 'b'),
        call.speech.destroy(),
        call.speech.load('a', 'b'),
        call.speech.unload('a'),
        call.speech.activate('a'),
        call.speech.deactivate('a'),
        call.speech.recognize('beep', 1_000),
      ]) {
        await assert.rejects(failing, { code: 'AGI_COMMAND', status: 200, result: '0' })
      }
      assert.equal((await call.command(['NO', 'SUCH'])).status, 510)
      await assert.rejects(call.command(['NO', 'SUCH'], { check: true }), { code: 'AGI_COMMAND', status: 510 })
      const usage = await call.command(['wait', 'for', 'digit'])
      assert.deepEqual([usage.status, /Waits/.test(usage.usage ?? '')], [520, true])
      assert.equal((await call.run('SAY ALPHA', 'a', '')).result, '0')

      // as long as a busy machine may take to press a key
      const timeout = 20_000
      assert.deepEqual(await digits('12', () => call.getData('beep', { timeout, maxDigits: 2 })), {
        digits: '12',
        timedOut: false,
      })
      assert.deepEqual(await digits('#', () => call.getData(undefined, { timeout })), { digits: '', timedOut: false })
      assert.deepEqual(await call.getData('beep', { timeout: 100 }), { digits: '', timedOut: true })
      const option = await digits('2', () => call.getOption('demo-instruct', { escapeDigits: '12' }))
      assert.deepEqual([option.digit, option.end], ['2', 'digit'])
      assert.equal(await digits('*', () => call.waitForDigit(timeout)), '*')
      const said = await digits('1', () => call.streamFile('demo-instruct', { escapeDigits: '1' }))
      assert.deepEqual([said.digit, said.end], ['1', 'digit'])
    })
  })

  it('values come back as they were set, whatever stands in them', async () => {
    await stage(async (call) => {
      const values = [
        '',
        'x',
        `a "b" \\ (c), [d] {e} $f \${G}`,
        ')',
        '(',
        'a)',
        ' lead and trail ',
        '\t',
        'Grüße, 世界 😀',
        '\\',
        '"',
        'a)b(c',
        'a) b: c',
        '):1:2',
        `${')'.repeat(240)}:(`,
        '%41',
      ]
      for (const value of values) {
        const set = call.setVariable('ODD', value)
        const read = [call.getVariable('ODD'), call.getVariable('ODD', { encoded: true })]
        await set
        // Asterisk knows no difference between a variable that is empty and one that is not set
        assert.deepEqual(await Promise.all(read.map(async (one) => (await one) ?? '')), [value, value])
        if (value === '') continue
        const put = call.databasePut('amiable-odd', 'key', value)
        assert.deepEqual(await Promise.all([call.databaseGet('amiable-odd', 'key'), put]), [value, undefined])
      }
    })
  })

  it('values with line ends, forged answers and many bytes come whole', async () => {
    await stage(
      async (call) => {
        const read = async (expression: string, value: string, encoded = false) => {
          const set = call.exec('Set', `ODD=${expression}`)
          const reads = [call.getVariable('ODD'), call.getVariable('LABGLOBAL')]
          if (encoded) reads.push(call.getVariable('ODD', { encoded }))
          await set
          assert.deepEqual(await Promise.all(reads), [value, 'global value', ...(encoded ? [value] : [])])
        }
        await read(`\${URIDECODE(a%0Ab)}`, 'a\nb', true)
        await read(`\${URIDECODE(a%0AHANGUP%0Ab)}`, 'a\nHANGUP\nb', true)
        await read(`\${URIDECODE(a%29%0A200 result=1 (forged%29%0Ab)}`, 'a)\n200 result=1 (forged)\nb', true)
        const piece = 'é (x)'.repeat(140)
        await call.setVariable('PIECE', piece)
        await read(`\${PIECE}`, piece, true)
        await read(`\${PIECE}\${PIECE}\${PIECE}`, piece.repeat(3))
        await call.setVariable('HALF', 'x'.repeat(900))
        // Asterisk cuts a variable behind 1,023 bytes, and AsyncAGI an answer behind 1,024, which is a value of 1,008
        for (const length of [1_007, 1_008, 1_009, 1_022, 1_023, 1_024]) {
          await read(`\${HALF}${'x'.repeat(length - 900)}`, 'x'.repeat(length))
        }
      },
      { variables: { AGIEXECFULL: 'yes' } },
    )
  })

  it('arguments of an application arrive as they were given', async () => {
    await stage(async (call) => {
      const odd = [
        'a,b',
        'say "hi"',
        'back\\slash',
        '(',
        ')',
        '[x',
        'x]',
        '',
        ' blank ',
        'Grüße',
        `\${X}`,
        '%,^|',
        '\\"',
        'last',
      ]
      const seen: (readonly string[])[] = []
      await using inner = await listenAgi(({ request }) => void seen.push(request.args), { port: 0 })
      const url = `agi://127.0.0.1:${inner.port}/x`
      assert.equal(await call.exec('AGI', [url, ...odd]), 0)
      // what is one text goes to the application as it is, which takes it apart itself
      assert.equal(await call.exec('AGI', `${url},one,"two, three"`), 0)
      assert.deepEqual(seen, [odd, ['one', 'two, three']])
    })
  })

  it('commands that are asked for at once are carried out in order', async () => {
    await stage(async (call) => {
      const numbers = Array.from({ length: 20 }, (_, n) => n)
      const both = numbers.map((n) => [call.setVariable('N', String(n)), call.getVariable('N')] as const)
      assert.deepEqual(await Promise.all(both.map(([, read]) => read)), numbers.map(String))
    })
  })

  it('more commands than may wait, and arguments that cannot be sent, are refused, and the session goes on', async () => {
    await stage(async (call) => {
      const many = Array.from({ length: 100 }, () =>
        call.noop().then(
          () => 'done',
          (error) => error.code as string,
        ),
      )
      const outcomes = new Set(await Promise.all(many))
      assert.deepEqual(outcomes, new Set(['done', 'AMI_LIMIT']))
      for (const wrong of [
        () => call.setVariable('A', 'x\nHANGUP'),
        () => call.setVariable('A', 'x'.repeat(9_000)),
        () => call.getData('beep', { maxDigits: 1_024 }),
        () => call.streamFile('beep', { escapeDigits: 'x' }),
        () => call.command(['GET', 'OPTION', 'beep', '1']),
        () => call.streamFile('beep', { nosuch: 1 } as never),
      ]) {
        assert.throws(wrong, { code: 'AMI_ARGUMENT' })
      }
      assert.equal(await call.channelStatus(), 'up')
    })
  })

  const DURING: Readonly<Record<string, (call: AgiSession) => Promise<unknown>>> = {
    nothing: async (call) => {
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve))
      throw call.signal.reason
    },
    'STREAM FILE': (call) => call.streamFile('demo-instruct'),
    'CONTROL STREAM FILE': (call) => call.controlStreamFile('demo-instruct'),
    'GET DATA': (call) => call.getData('demo-instruct'),
    'GET OPTION': (call) => call.getOption('demo-instruct', { escapeDigits: '1' }),
    'WAIT FOR DIGIT': (call) => call.waitForDigit(-1),
    'SAY ALPHA': (call) => call.sayAlpha('abcdefghijklmnopqrstuvwxyz'),
    EXEC: (call) => call.exec('Wait', [30]),
    GOSUB: (call) => call.gosub('default', 'wait', 1),
  }
  for (const [during, doing] of Object.entries(DURING)) {
    it(`the caller hangs up during ${during}`, async () => {
      const { value, agiStatus } = await stage(async (call, { hangUp, ami }) => {
        await call.answer()
        const done = doing(call).then(
          () => undefined,
          (error: unknown) => error,
        )
        if (during !== 'nothing') await begins(ami, during)
        await hangUp()
        const error = await done
        assert.ok(call.signal.aborted)
        const reason = call.signal.reason as { code?: string }
        assert.equal(reason.code, 'AGI_HANGUP')
        await assert.rejects(call.streamFile('beep'), { code: 'AGI_HANGUP', command: 'STREAM FILE' })
        assert.equal(call.state, isAsync ? 'ended' : 'dead')
        // over FastAGI what needs no channel still works
        if (!isAsync) assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
        return error
      })
      assert.ok(AmiError.is(value) && value.code === 'AGI_HANGUP', String(value))
      assert.equal(agiStatus, 'HANGUP')
    })
  }

  it('a caller who hangs up has been recorded', async () => {
    await stage(async (call, { hangUp, ami }) => {
      await call.answer()
      const recording = call.recordFile('/tmp/amiable-hangup', { format: 'gsm' }).then(
        ({ end }) => end,
        (error) => error.code,
      )
      await begins(ami, 'RECORD')
      await hangUp()
      // one who is faster than handle_recordfile opens its file has not been
      assert.ok(['hangup', 'AGI_HANGUP'].includes(await recording))
    })
  })

  it('a call that is sent elsewhere waits for its handler, and then goes there', async () => {
    const { agiStatus } = await stage(
      async (call, { ami }) => {
        await call.answer()
        const waiting = call.waitForDigit(-1)
        const Channel = call.request.channel
        const there = nextEvent(ami, 'Newexten', (event) => hasComeTo('wait', Channel, event))
        await ami.sendRaw('Redirect', { Channel, Context: 'default', Exten: 'wait', Priority: 1 })
        await assert.rejects(
          waiting,
          (error) => AmiError.is(error) && error.code === 'AGI_HANGUP' && error.by !== 'hangup',
        )
        await call.end()
        await there
        await ami.sendRaw('Hangup', { Channel })
      },
      { dialplan: true },
    )
    assert.equal(agiStatus, 'HANGUP')
  })

  it('a command that fails on a living channel says so', async () => {
    const { value, agiStatus } = await stage(async (call) => {
      const error: unknown = await call.streamFile('no/such').catch((reason) => reason)
      assert.ok(AmiError.is(error) && error.code === 'AGI_COMMAND', String(error))
      assert.deepEqual([error.command, error.status, error.result, error.ended], ['STREAM FILE', 200, '-1', isAsync])
      await assert.rejects(call.getData('no/such'), { code: isAsync ? 'AMI_CLOSED' : 'AGI_COMMAND' })
      return call.state
    })
    // Asterisk ends AsyncAGI for it; over FastAGI it says so at the end
    assert.deepEqual([value, agiStatus], [isAsync ? 'ended' : 'live', 'FAILURE'])
  })

  it('an aborted command rejects at once, and the next gets its own answer', async () => {
    await stage(async (call, { ami }) => {
      await call.answer()
      for (const start of [
        (signal: AbortSignal) => call.streamFile('demo-instruct', { signal }),
        (signal: AbortSignal) => call.getData('demo-instruct', { signal, timeout: 300 }),
        (signal: AbortSignal) => call.getOption('demo-instruct', { signal, timeout: 300 }),
        (signal: AbortSignal) => call.waitForDigit(10_000, { signal }),
      ]) {
        for (const atOnce of [true, false]) {
          const controller = new AbortController()
          const mine = new Error('mine')
          const running = atOnce ? undefined : nextEvent(ami, 'AGIExecStart')
          const outcome = start(controller.signal).catch((reason) => reason)
          await running
          controller.abort(mine)
          assert.equal(await outcome, mine)
          assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
        }
      }
      await assert.rejects(call.waitForDigit(10_000, { timeout: 50 }), { code: 'AMI_TIMEOUT', delivered: 'unknown' })
      assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
    })
  })

  it('what is said at length is cut short when nobody wants to hear it', async () => {
    await stage(async (call, { ami }) => {
      await call.answer()
      const controller = new AbortController()
      // half a minute of letters
      const saying = call.sayAlpha('abcdefghijklmnopqrstuvwxyz'.repeat(2), { signal: controller.signal })
      await begins(ami, 'SAY ALPHA')
      controller.abort(new Error('mine'))
      await assert.rejects(saying, { message: 'mine' })
      const began = performance.now()
      assert.equal(await call.getVariable('LABGLOBAL'), 'global value')
      assert.ok(performance.now() - began < 15_000)
    })
  })

  it('a handler that throws', async () => {
    let variable: string | undefined
    const { error, agiStatus } = await onStage(target, transport, async (call, { ami }) => {
      await call.answer()
      ami.on('VarSet', (event) => {
        if (event.Variable === 'AMIABLE_AGI_ERROR') variable = event.Value
      })
      throw new Error('my own')
    })
    assert.equal((error as Error).message, 'my own')
    assert.deepEqual([agiStatus, variable], isAsync ? ['SUCCESS', '1'] : ['FAILURE', undefined])
  })
}

/** Resolves when Asterisk begins to carry out a command: AMI may tell later of those that have been answered. */
async function begins(ami: Client, command: string): Promise<void> {
  await nextEvent(ami, 'AGIExecStart', (event) => event.get('Command')?.startsWith(command) === true)
}
