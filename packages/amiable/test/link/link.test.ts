import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { describe, test } from 'node:test'
import { ConnectError, ProtocolError } from '../../src/errors.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { deferred } from '../../src/util/deferred.ts'
import { titleOf } from '../../src/wire/message.ts'
import { LinkRig } from '../support/link-rig.ts'

describe('a login', () => {
  test('goes from the banner over the challenge to ready, and writes nothing else before', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    assert.equal(rig.link.state, 'connecting')
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    assert.equal(rig.peer.raw, '')
    assert.equal(rig.link.write('Action: Ping\r\n\r\n'), undefined)
    await rig.accept()
    assert.equal(rig.link.state, 'ready')
    assert.deepEqual(
      rig.peer.actions.map(({ name }) => name),
      ['Challenge', 'Login'],
    )
    assert.deepEqual(rig.told, ['connecting', 'ready'])
    assert.deepEqual(rig.last('ready'), { type: 'ready', epoch: 1, gap: null, version: '11.0.0', booted: true })
    rig.link.destroy()
  })

  test('works with the server that sends one byte at a time', async () => {
    const rig = new LinkRig()
    const slowly = (text: string) => {
      for (const byte of text) rig.peer.send(byte)
    }
    rig.link.connect()
    await settle()
    slowly('Asterisk Call Manager/1.3\r\n')
    await settle()
    slowly('Response: Success\r\nChallenge: 1\r\n\r\n')
    await settle()
    slowly('Response: Success\r\nMessage: Authentication accepted\r\n\r\n')
    slowly('Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n')
    assert.equal(rig.link.state, 'ready')
    assert.equal(rig.link.version, '1.3')
    rig.link.destroy()
  })

  test('passes over events that come before it', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.say('Event: Early')
    await rig.peer.next()
    rig.peer.say('Event: Early')
    assert.equal(rig.link.state, 'authenticating')
    assert.deepEqual(rig.messages, [])
    rig.link.destroy()
  })

  test('is not taken for granted when the answer to the challenge comes twice', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    const challenge = await rig.peer.next()
    const answer = `Response: Success\r\nActionID: ${challenge.id}\r\nChallenge: 1\r\n\r\n`
    rig.peer.send(answer + answer)
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    assert.deepEqual(
      rig.peer.actions.map(({ name }) => name),
      ['Challenge', 'Login'],
    )
    rig.link.destroy()
  })

  test('gives what came in the same chunk behind it to the client, under its epoch', async () => {
    const rig = new LinkRig()
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.reply(await rig.peer.next(), 'Success', 'Challenge: 1')
    const login = await rig.peer.next()
    rig.peer.send(
      `Response: Success\r\nActionID: ${login.id}\r\n\r\nEvent: FullyBooted\r\nStatus: Fully Booted\r\n\r\nEvent: Ne`,
    )
    rig.peer.send('xt\r\n\r\n')
    assert.deepEqual(rig.told, ['connecting', 'ready'])
    assert.deepEqual(
      rig.messages.map((message) => [titleOf(message), message.epoch]),
      [
        ['FullyBooted', 1],
        ['Next', 1],
      ],
    )
    rig.link.destroy()
  })

  test('begins on a transport of the caller that holds the banner already', async () => {
    const written: string[] = []
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString())
        done()
      },
    })
    socket.push('Asterisk Call Manager/11.0.0\r\n')
    await settle()
    const rig = new LinkRig({ socket: () => socket })
    // from a task of its own, so that ticks come before microtasks
    setImmediate(() => rig.link.connect())
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    assert.match(written.join(''), /^Action: Challenge\r\n/)
    rig.link.destroy()
  })
})

describe('an attempt that fails', () => {
  const failure = async (rig: LinkRig, act: () => void | Promise<void>) => {
    rig.link.connect()
    await settle()
    await act()
    await settle()
    assert.deepEqual(rig.told, ['connecting', 'lost', 'waiting'])
    assert.equal(rig.link.state, 'waiting')
    assert.equal(rig.peer.down, true)
    const { error } = rig.last('lost') as unknown as { error: ConnectError }
    assert.ok(error instanceof ConnectError)
    assert.equal(error.source, 'pbx')
    assert.equal(error.attempt, 1)
    assert.equal(error.retryable, true)
    rig.link.destroy()
    assert.equal(rig.clock.pending, 0)
    return error
  }

  test('because the banner never comes ends at the login timeout and not before', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, () => {
      rig.clock.tick(9_999)
      assert.equal(rig.link.state, 'authenticating')
      rig.clock.tick(1)
    })
    assert.match(error.message, /no banner within 10000 ms/)
  })

  test('because the login is never answered ends at the login timeout, counted from the open socket', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, async () => {
      rig.clock.tick(5_000)
      rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
      rig.peer.reply(await rig.peer.next(), 'Success', 'Challenge: 1')
      await rig.peer.next()
      rig.clock.tick(5_000)
    })
    assert.match(error.message, /no answer to the login within 10000 ms/)
  })

  test('because the banner is no AMI says what it is', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, () => rig.peer.send('SSH-2.0-OpenSSH_9.2\r\n'))
    assert.match(error.message, /no AMI server/)
    assert.ok(error.cause instanceof ProtocolError)
    assert.match(error.cause.message, /SSH-2\.0-OpenSSH_9\.2/)
    assert.deepEqual(Buffer.from(error.cause.bytes).toString(), 'SSH-2.0-OpenSSH_9.2')
    assert.equal(rig.peer.raw, '')
  })

  test('because the banner never ends is over after a kibibyte', async () => {
    const rig = new LinkRig()
    await failure(rig, () => {
      for (let i = 0; i < 30; i++) rig.peer.send('\x16\x03\x01'.repeat(20))
    })
  })

  test('because the server closes without a byte tells of its limit', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, () => rig.peer.end())
    assert.match(error.message, /without a word.*authlimit/)
  })

  test('because the server closes behind its banner tells so', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, () => {
      rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
      rig.peer.end()
    })
    assert.match(error.message, /before the login was over/)
    assert.doesNotMatch(error.message, /authlimit/)
  })

  test('because the socket is reset keeps its error', async () => {
    const rig = new LinkRig()
    const error = await failure(rig, () => rig.peer.fail('ECONNRESET'))
    assert.equal((error.cause as { code: string }).code, 'ECONNRESET')
  })

  test('because the socket cannot be made is told and tried again', async () => {
    let made = 0
    const rig = new LinkRig({
      socket: () => {
        made++
        throw new Error('no transport')
      },
    })
    rig.link.connect()
    assert.equal(rig.link.state, 'waiting')
    assert.match(rig.last('lost')?.error.message ?? '', /cannot be made|could not be made/)
    rig.clock.tick(100)
    assert.equal(made, 2)
    rig.link.destroy()
    assert.equal(rig.clock.pending, 0)
  })
})

describe('a refused login', () => {
  const refuse = async (rig: LinkRig, message: string) => {
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.reply(await rig.peer.next(), 'Success', 'Challenge: 1')
    rig.peer.reply(await rig.peer.next(), 'Error', `Message: ${message}`)
    rig.peer.end()
    await settle()
  }

  test('ends the client, told once though the server closes behind it', async () => {
    const rig = new LinkRig()
    await refuse(rig, 'Authentication failed')
    assert.deepEqual(rig.told, ['connecting', 'lost', 'closed'])
    assert.deepEqual(
      rig.reasons.map(({ by }) => by),
      ['failed'],
    )
    assert.equal(rig.reasons[0]?.error, rig.last('lost')?.error)
    assert.equal(rig.clock.pending, 0)
  })

  test('is tried again where the policy says so', async () => {
    const causes: string[] = []
    const rig = new LinkRig({
      policy: (_attempt, cause) => {
        causes.push(cause.code)
        return 5
      },
    })
    await refuse(rig, 'Authentication failed')
    assert.equal(rig.link.state, 'waiting')
    assert.deepEqual(causes, ['AMI_AUTH'])
    rig.link.destroy()
  })

  test('because another session lingers, or the server shuts down, is tried again by default', async () => {
    for (const text of ['Login Already In Use', 'Asterisk is shutting down']) {
      const rig = new LinkRig()
      await refuse(rig, text)
      assert.equal(rig.link.state, 'waiting', text)
      rig.link.destroy()
    }
  })
})

describe('a secret that is asked for', () => {
  test('while the link goes does not answer for the next one', async () => {
    const first = deferred<string>()
    const answers: (string | Promise<string>)[] = [first.promise, 'lean']
    const rig = new LinkRig({ auth: 'plain', secret: () => answers.shift() as string })
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    await settle()
    rig.peer.end()
    await settle()
    rig.clock.tick(100)
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.reply(await rig.peer.next(), 'Success')
    rig.peer.fullyBooted()
    await settle()
    assert.equal(rig.link.state, 'ready')
    first.resolve('an old one\r\nwhich no action can hold')
    await settle()
    assert.equal(rig.link.state, 'ready')
    assert.equal(rig.peers[0]?.raw, '')
    assert.equal(rig.peer.actions.length, 1)
    rig.link.destroy()
  })

  test('and never comes ends at the login timeout', async () => {
    const rig = new LinkRig({ secret: () => new Promise(() => {}) })
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    rig.peer.reply(await rig.peer.next(), 'Success', 'Challenge: 1')
    await settle()
    rig.clock.tick(10_000)
    assert.equal(rig.link.state, 'waiting')
    rig.link.destroy()
  })

  test('and that no action can hold fails the login without being shown', async () => {
    const rig = new LinkRig({ auth: 'plain', secret: () => 'hunter2\r\nAction: Originate' })
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    await settle()
    const { error } = rig.last('lost') as { error: Error & { code: string; cause: Error } }
    assert.equal(error.code, 'AMI_AUTH')
    assert.doesNotMatch(`${error.stack}${error.cause.stack}`, /hunter2/)
    assert.equal(rig.peer.raw, '')
    rig.link.destroy()
  })
})
