import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { AuthError, ConnectError } from '../../src/errors.ts'
import { type Credentials, Login, type LoginStep } from '../../src/link/login.ts'
import { one } from '../support/decode.ts'

const login = (more: Partial<Credentials> = {}) =>
  new Login({
    source: 'pbx',
    username: 'frank',
    secret: () => 'lean',
    auth: 'md5',
    events: 'on',
    encoding: 'utf8',
    ...more,
  })
const reply = (...lines: string[]) => one(`${lines.join('\r\n')}\r\n\r\n`)
const challenge = (value = '123456789') => reply('Response: Success', `Challenge: ${value}`)
const accepted = reply('Response: Success', 'Message: Authentication accepted')
/** An action's text with its id, which is another one each time, named `id`. */
const withoutId = (text: string) => text.replace(/(?<=\r\nActionID: )[0-9a-v]{16}(?=\r\n)/, 'id')

function sent(step: LoginStep): string {
  assert.ok('send' in step, inspect(step))
  return step.send
}

function failed(step: LoginStep): Error & { code: string; retryable: boolean; source?: string } {
  assert.ok('error' in step, inspect(step))
  return step.error as never
}

describe('with a challenge', () => {
  test('asks for one, answers with the digest in lower case, and is done', async () => {
    const dialogue = login({ events: 'call,log' })
    const asked = withoutId(sent(await dialogue.start()))
    assert.equal(asked, 'Action: Challenge\r\nActionID: id\r\nAuthType: MD5\r\n\r\n')
    // echo -n 123456789lean | md5sum
    assert.equal(
      withoutId(sent(await dialogue.answer(challenge()))),
      'Action: Login\r\nActionID: id\r\nUsername: frank\r\nAuthType: MD5\r\n' +
        'Key: 65724669ca65dc74c777a91a5824963f\r\nEvents: call,log\r\n\r\n',
    )
    assert.deepEqual(await dialogue.answer(accepted), { done: true })
  })

  test('never writes the secret', async () => {
    const dialogue = login({ secret: () => 'hunter2' })
    const text = sent(await dialogue.start()) + sent(await dialogue.answer(challenge()))
    assert.doesNotMatch(text, /hunter2/)
  })

  test('takes a secret of any characters, blanks in front and beyond ASCII too', async () => {
    const dialogue = login({ secret: () => ' pässword€\r\n' })
    await dialogue.start()
    assert.match(sent(await dialogue.answer(challenge())), /\r\nKey: [0-9a-f]{32}\r\n/)
  })

  test('digests the secret in the encoding of its manager.conf', async () => {
    // printf '123456789p\\xe4ssw\\xf6rd' | md5sum, and the same of its UTF-8
    for (const [encoding, digest] of [
      ['latin1', '7d43a9c99cdbd58251a734fbc11fbe97'],
      ['utf8', 'e2a10d07eb9f8ee6f716f853e885d532'],
    ] as const) {
      const dialogue = login({ secret: () => 'pässwörd', encoding })
      await dialogue.start()
      assert.match(sent(await dialogue.answer(challenge())), new RegExp(`\\r\\nKey: ${digest}\\r\\n`))
    }
  })

  test('refuses a secret that its encoding cannot hold, without showing it', async () => {
    for (const auth of ['md5', 'plain'] as const) {
      const dialogue = login({ secret: () => 'hunter2€', encoding: 'latin1', auth })
      let step = await dialogue.start()
      if (auth === 'md5') step = await dialogue.answer(challenge())
      const error = failed(step)
      assert.equal(error.code, 'AMI_AUTH')
      assert.match(error.message, /^pbx: the secret must hold latin1 characters only/)
      assert.doesNotMatch(inspect(error), /hunter2/)
    }
  })

  test('takes an answer in any case of letters', async () => {
    const dialogue = login()
    await dialogue.start()
    sent(await dialogue.answer(reply('Response: success', 'Challenge: 123456789')))
    assert.deepEqual(await dialogue.answer(reply('response: SUCCESS')), { done: true })
  })

  test('fails where the server gives none', async () => {
    const dialogue = login()
    await dialogue.start()
    const error = failed(await dialogue.answer(reply('Response: Success')))
    assert.equal(error.code, 'AMI_AUTH')
    assert.match(error.message, /plain/)
  })

  test('fails where the server does not know it', async () => {
    const dialogue = login()
    await dialogue.start()
    const error = failed(await dialogue.answer(reply('Response: Error', 'Message: Must specify AuthType')))
    assert.ok(error instanceof AuthError)
    assert.equal(error.message, 'pbx: the login of frank was refused: Must specify AuthType')
  })
})

test('plain sends the secret as it is', async () => {
  const dialogue = login({ auth: 'plain' })
  assert.equal(
    withoutId(sent(await dialogue.start())),
    'Action: Login\r\nActionID: id\r\nUsername: frank\r\nSecret: lean\r\nEvents: on\r\n\r\n',
  )
  assert.deepEqual(await dialogue.answer(accepted), { done: true })
})

describe('the secret', () => {
  test('may take its time', async () => {
    const dialogue = login({ auth: 'plain', secret: async () => 'slow' })
    assert.match(sent(await dialogue.start()), /Secret: slow/)
  })

  test('is asked for once a login, and not before the challenge', async () => {
    let asked = 0
    const dialogue = login({ secret: () => `${++asked}` })
    await dialogue.start()
    assert.equal(asked, 0)
    await dialogue.answer(challenge())
    assert.equal(asked, 1)
  })

  for (const [how, secret] of [
    [
      'throws',
      () => {
        throw new Error('vault sealed')
      },
    ],
    ['rejects', () => Promise.reject(new Error('vault sealed'))],
    ['gives no string', () => 42 as never],
    ['gives nothing', () => undefined as never],
  ] as const) {
    test(`of a function that ${how} fails this login, and the next may succeed`, async () => {
      for (const auth of ['md5', 'plain'] as const) {
        const dialogue = login({ auth, secret })
        const first = await dialogue.start()
        const step = auth === 'md5' ? await dialogue.answer(challenge()) : first
        const error = failed(step)
        assert.equal(error.code, 'AMI_AUTH')
        assert.equal(error.retryable, true)
        assert.equal(error.source, 'pbx')
      }
    })
  }
})

describe('a refusal', () => {
  const refusal = async (message?: string) => {
    const dialogue = login({ auth: 'plain' })
    await dialogue.start()
    return failed(await dialogue.answer(reply('Response: Error', ...(message ? [`Message: ${message}`] : []))))
  }

  test('of the account is final', async () => {
    const error = await refusal('Authentication failed')
    assert.ok(error instanceof AuthError)
    assert.equal(error.message, 'pbx: the login of frank was refused: Authentication failed')
    assert.equal(error.retryable, false)
    assert.equal(error.source, 'pbx')
  })

  test('because an old session lingers may pass', async () => {
    const error = await refusal('Login Already In Use')
    assert.equal(error.code, 'AMI_AUTH')
    assert.equal(error.retryable, true)
  })

  test('of a server that shuts down is none of the account', async () => {
    const error = await refusal('Asterisk is shutting down')
    assert.ok(error instanceof ConnectError)
    assert.equal(error.retryable, true)
    assert.match(error.message, /^pbx: /)
  })

  test('without a text has one all the same', async () => {
    assert.equal((await refusal()).message, 'pbx: the login of frank was refused: no reason given')
  })
})

test('nothing of a dialogue shows the secret or the challenge', async () => {
  const dialogue = login({ secret: () => 'hunter2' })
  await dialogue.start()
  await dialogue.answer(challenge('987654321'))
  const shown = inspect(dialogue, { showHidden: true, depth: 9 }) + JSON.stringify(dialogue)
  assert.doesNotMatch(shown, /hunter2|987654321/)
})

describe('an answer', () => {
  const idOf = (step: LoginStep) => /\r\nActionID: (\S+)/.exec(sent(step))?.[1] ?? ''

  test('to what has not left yet is none, with or without a name', async () => {
    const dialogue = login()
    const id = idOf(await dialogue.start())
    const answers = [reply('Response: Success', `ActionID: ${id}`), reply('Response: Success')]
    assert.deepEqual(
      answers.map((one) => dialogue.awaits(one)),
      [false, false],
    )
    const written = { left: false }
    dialogue.written = written
    assert.equal(dialogue.awaits(answers[0] as never), false)
    written.left = true
    assert.deepEqual(
      answers.map((one) => dialogue.awaits(one)),
      [true, true],
    )
    await dialogue.answer(challenge())
    assert.equal(dialogue.awaits(reply('Response: Success')), false)
  })

  test('has an ActionID that no other login has', async () => {
    const ids = new Set<string>()
    for (let i = 0; i < 10; i++) {
      const dialogue = login()
      ids.add(idOf(await dialogue.start()))
      ids.add(idOf(await dialogue.answer(challenge())))
    }
    assert.equal(ids.size, 20)
  })
})
