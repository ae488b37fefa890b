// Every check of `amiable doctor` on a real server: with a configuration, an account or a network that is broken, and with
// sound ones. The server takes a few configurations one after the other, and is started anew for what no reload changes.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunningAsterisk } from '../../../tools/servers/asterisk/asterisk.ts'
import { alsoCareful } from '../../../tools/testbed/careful.ts'
import { authority, expired, good, otherName } from '../../../tools/testbed/certificates.ts'
import { CommandLine } from '../../../tools/testbed/command.ts'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import type { OurAsterisk } from '../../targets.ts'
import { type Checks, findings } from './checks.ts'
import { withFiles, withOneRoot } from './files.ts'
import { account, CONF, general, KEYS, makeCertificate, SECRET, textOf } from './settings.ts'
import { type Passing, Wire } from './wire.ts'

const HTTP = 'etc/asterisk/http.conf'
const OPENSSL = 'etc/ssl/openssl.cnf'
/** Events a second of a flood. */
const RATE = 400
/** As it was before 2020: what Debian's own configuration does not allow any more. */
const OLD_TLS = `openssl_conf = a
[a]
ssl_conf = b
[b]
system_default = c
[c]
MinProtocol = TLSv1
MaxProtocol = TLSv1.1
CipherString = DEFAULT@SECLEVEL=0
`
/** An address of this machine at which others can reach it. */
export const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

/** Runs the command with a clock that is a minute and a half ahead. */
const OTHER_CLOCK = alsoCareful('--import=data:text/javascript,const/**/now=Date.now;Date.now=()=>now()+90000')

const pem = ({ key, cert }: { key: string; cert: string }) => `${key}\n${cert}\n`

/** Breaks what can be broken beside the files of accounts, and looks that doctor finds it. */
export function brokenServerTests(target: OurAsterisk, checks: Checks): void {
  const { name, version, host, server, tls } = target
  const isOld = version === 16
  // before the mend of CVE-2024-42365
  const V3 = isOld ? ['V3'] : []
  const reload = async () => await server.cli('manager reload')

  test(`${name}: doctor is silent where everything is sound`, async () => {
    const sections = [
      general(server),
      account('operator', 'call,system', 'call,reporting,command'),
      account('caller', 'call,system', 'call,originate'),
    ]
    const place = { port: server.port, username: 'operator', secret: SECRET }
    using line = new CommandLine({ plain: place, secure: { ...place, host: 'localhost', port: tls.port, tls: true } })
    line.file('ca.pem', tls.ca)
    await line.run(['context', 'set', 'secure', '--ca', 'ca.pem'])
    await withOneRoot(server, async () => {
      await withFiles(server, { [CONF]: textOf(sections), [KEYS]: pem(good) }, reload, async () => {
        const [file, plain, secure] = await Promise.all([
          findings(line, ['--config', join(server.root, CONF), '--for', 'originate']),
          findings(line, ['-c', 'plain', '--deep', '300ms', '--idle', '300ms']),
          findings(line, ['-c', 'secure']),
        ])
        const ofFile = Array.from({ length: 18 }, (_, at) => `F${at}`)
        checks.silent('the file', file, ...ofFile)
        assert.deepEqual(
          file.map(({ id }) => id),
          ['F0'],
        )
        const connection = ['L1', 'L2', 'L3', 'A1', 'A2', 'A3', 'V1', 'V3', 'C1', 'R1', 'R2']
        const deep = ['K1', 'K2', 'K3', 'N1', 'N2', 'N3', 'S0', 'S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7']
        checks.silent('plain', plain, ...connection, ...deep, 'T5', ...(isOld ? [] : ['V2']))
        for (const id of ['L2', 'A2', 'C1', 'R1', 'R2', 'S0', 'K1', 'N1', 'K3', 'K2'])
          assert.ok(
            plain.some((one) => one.id === id && one.level === 'ok'),
            id,
          )
        if (isOld) checks.broken('the branch', plain, 'V2')
        checks.silent('secure', secure, 'T1', 'T2', 'T3', 'T4', 'T6')
        assert.match(secure.find(({ id }) => id === 'T1')?.says ?? '', /^TLSv1\.3, for localhost until 2126-10-30$/)
      })
    })
  })

  test(`${name}: doctor finds what is wrong with accounts and on the way to the server`, async () => {
    const sections = [
      general(server),
      account('both', 'call,system', 'call,reporting,command,originate', 'eventfilter = !Event: VarSet'),
      account('filtered', 'call,system', 'call,reporting,command,originate', 'eventfilter = !Event: Newchannel'),
      account('weak', 'call', 'call'),
      account('once', 'call', 'call', 'allowmultiplelogin = no'),
      account('twice', 'call', 'call', 'allowmultiplelogin = yes'),
      account('operator', 'call,system', 'call,reporting,command'),
      account('reader', 'user', 'call,user'),
      account('calm', 'user', 'call,user', 'eventfilter = !Event: UserEvent', 'writetimeout = 5000'),
    ]
    const place = (username: string, more = {}) => ({ host, port: server.port, username, secret: SECRET, ...more })
    // Pings take 600 ms once the settings have been asked for, which is where they are measured
    await using slow = await Wire.to(host, server.port, ({ said }) =>
      /manager show settings.*Action: Ping/is.test(said) ? 600 : 0,
    )
    // the second login asks for no events: that is the one that is to be silent
    await using deaf = await Wire.to(host, server.port, ({ said }, text) =>
      /^Events: off/im.test(said) && text.includes('Authentication accepted') ? 'end' : 0,
    )
    const accounts = ['both', 'filtered', 'weak', 'once', 'twice', 'operator', 'reader', 'calm']
    using line = new CommandLine({
      ...Object.fromEntries(accounts.map((one) => [one, place(one)])),
      wrong: place('operator', { secret: 'another secret' }),
      nameless: place('operator', { host: 'pbx.invalid' }),
      closed: place('operator', { port: 1 }),
      secret: place('operator', { port: tls.port }),
      stranger: place('operator', { host: 'localhost', port: tls.port, tls: true }),
      clear: place('operator', { tls: true }),
      slow: place('operator', { port: slow.port }),
      deaf: place('operator', { port: deaf.port }),
    })
    const of = async (context: string, args: readonly string[] = [], env = {}) =>
      await findings(line, ['-c', context, '--timeout', '5s', ...args], env)
    await withOneRoot(server, async () => {
      await withFiles(server, { [CONF]: textOf(sections), [KEYS]: pem(good) }, reload, async () => {
        const FOR = ['--for', 'originate']
        const [both, filtered, weak] = await Promise.all([
          of('both', FOR),
          of('filtered', FOR),
          of('weak', [...FOR, '--deep', '100ms']),
        ])
        checks.broken('both', both, ...V3)
        checks.silent(
          'both',
          both.filter(({ id }) => id !== 'V3'),
          'R3',
          'R4',
        )
        checks.broken('filtered', filtered, 'R4', ...V3)
        checks.broken('weak', weak, 'R2', 'R3', 'S0')

        using _one = await RawClient.login(server.port, 'off', 'once', SECRET)
        using _other = await RawClient.login(server.port, 'off', 'twice', SECRET)
        const [once, twice, wrong] = await Promise.all([of('once'), of('twice'), of('wrong')])
        checks.broken('once', once, 'A3')
        checks.broken('twice', twice, 'R2')
        checks.broken('wrong', wrong, 'A2')

        const [none, nameless, closed, secret] = await Promise.all([
          findings(line, ['-H', `ami://operator@${host}:${server.port}`]),
          of('nameless'),
          of('closed'),
          of('secret', ['--timeout', '3s']),
        ])
        checks.broken('none', none, 'A1')
        checks.broken('nameless', nameless, 'L1')
        checks.broken('closed', closed, 'L2')
        checks.broken('secret', secret, 'L3')
        assert.match(secret[0]?.says ?? '', /speaks TLS, and this context does not/)

        const [stranger, clear, clock] = await Promise.all([
          of('stranger'),
          of('clear', ['--timeout', '3s']),
          of('operator', [], OTHER_CLOCK),
        ])
        checks.broken('stranger', stranger, 'T1')
        checks.broken('clear', clear, 'T1')
        checks.broken('clock', clock, 'C1')

        const [late, cut] = await Promise.all([of('slow', ['--deep', '100ms']), of('deaf', ['--idle', '1h'])])
        checks.broken('slow', late, 'K1')
        checks.broken('deaf', cut, 'K2')

        const [reader, calm] = await flooded(server.port, 'reader', () =>
          Promise.all([of('reader', ['--deep', '2s']), of('calm', ['--deep', '2s'])]),
        )
        checks.broken('reader', reader, 'K3', 'N2', 'R2', 'S0')
        checks.broken('calm', calm, 'R2', 'S0')
      })
    })
  })

  test(`${name}: doctor finds what is wrong with a certificate`, async () => {
    const soon = makeCertificate(server, 10, 'rsa:2048')
    const sections = [general(server), account('operator', 'call,system', 'call,reporting,command')]
    const place = { host: 'localhost', port: tls.port, username: 'operator', secret: SECRET, tls: true }
    using line = new CommandLine({ pbx: place })
    await withOneRoot(server, async () => {
      for (const [id, certificate, ca] of [
        ['T2', otherName, authority],
        ['T3', expired, authority],
        ['T3', soon, soon.cert],
      ] as const) {
        await withFiles(server, { [CONF]: textOf(sections), [KEYS]: pem(certificate) }, reload, async () => {
          line.file('ca.pem', ca)
          await line.run(['context', 'set', 'pbx', '--ca', 'ca.pem'])
          checks.broken(id, await findings(line, []), id)
        })
      }
    })
  })

  test(`${name}: doctor finds what is wrong with a server that was started so, with old TLS and a weak key`, async () => {
    const weak = makeCertificate(server, 100, 'rsa:1024')
    const set = {
      bindaddr: '0.0.0.0',
      webenabled: 'yes',
      authlimit: '9',
      authtimeout: '600',
      allowmultiplelogin: 'no',
      brokeneventsaction: 'yes',
      debug: 'yes',
      disabledevents: 'Newchannel,Hangup',
    }
    const operator = account(
      'operator',
      'call,system',
      'call,reporting,command',
      `permit = ${OUTSIDE ?? host}`,
      'allowmultiplelogin = yes',
    )
    const webPort = server.port + 50
    const texts = {
      [CONF]: textOf([general(server, set), operator]),
      [KEYS]: pem(weak),
      [HTTP]: `[general]\nenabled = yes\nbindaddr = 0.0.0.0\nbindport = ${webPort}\n`,
      [OPENSSL]: OLD_TLS,
    }
    let heard: (passing: Passing) => void = () => {}
    await using wire = await Wire.to(host, server.port, (passing) => {
      heard(passing)
      return 0
    })
    const place = (more = {}) => ({ host, port: server.port, username: 'operator', secret: SECRET, ...more })
    using line = new CommandLine({
      plain: place(),
      web: place({ port: webPort }),
      wired: place({ port: wire.port }),
      outside: place({ host: OUTSIDE ?? host }),
      secure: place({ host: 'localhost', port: tls.port, tls: true }),
    })
    line.file('ca.pem', weak.cert)
    await line.run(['context', 'set', 'secure', '--ca', 'ca.pem'])
    const file = join(server.root, CONF)
    const restart = async () => await server.restart('now')
    await withOneRoot(server, () =>
      withFiles(server, texts, restart, async () => {
        checks.broken('the file', await findings(line, ['--config', file, '--for', 'originate']), 'F5', 'R4')
        const [plain, web, secure] = await Promise.all([
          findings(line, ['-c', 'plain', '--deep', '100ms', '--for', 'queues']),
          findings(line, ['-c', 'web']),
          findings(line, ['-c', 'secure']),
        ])
        checks.broken('settings', plain, 'S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7')
        checks.broken('web', web, 'L3')
        assert.match(web[0]?.says ?? '', /is a web server/)
        // doctor has looked at it; the login itself takes only what Node agrees to
        checks.broken('old TLS', secure, 'T4', 'T6', 'A2')
        if (OUTSIDE !== undefined) checks.broken('outside', await findings(line, ['-c', 'outside']), 'T5')
        // those who connect and say nothing have all places
        const silent = await Promise.all(Array.from({ length: 9 }, () => greeted(server.port)))
        checks.broken('full', await findings(line, ['-c', 'plain']), 'L3')
        for (const one of silent) one.destroy()

        // the last that doctor asks for before it listens
        const listens = new Promise<void>((resolve) => {
          heard = ({ said }) => void (said.includes('operator,writetimeout') && resolve())
        })
        const lasting = findings(line, ['-c', 'wired', '--deep', '1h'])
        await listens
        writeFileSync(file, textOf([general(server, { enabled: 'no' }), operator]))
        await restartWithoutAmi(server)
        checks.broken('a server that ends', await lasting, 'N3', 'S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7')
        checks.broken('a file that turns it off', await findings(line, ['--config', file]), 'F3')
        assert.match(await server.cli('manager show settings'), /Manager \(AMI\): +No\s/)
        checks.broken('a server without AMI', await findings(line, ['-c', 'plain']), 'L2')
      }),
    )
  })
}

/** Restarts a server whose AMI is off. */
async function restartWithoutAmi(server: RunningAsterisk): Promise<void> {
  const before = server.bootMark()
  await server.cli('core restart now')
  while (server.bootMark() === before) await pause(20)
  // nobody listens for commands in between
  for (;;) {
    const booted = await server.cli('core waitfullybooted', 60_000).catch(() => '')
    if (booted.includes('fully booted')) return
    await pause(20)
  }
}

/**
 * Runs something under 400 events of 900 bytes a second, from an account of this name: fewer bytes in two seconds than the
 * kernels hold, for a doctor that has no processor for so long must not lose its connection.
 */
async function flooded<T>(port: number, username: string, run: () => Promise<T>): Promise<T> {
  using flood = await RawClient.login(port, 'off', username, SECRET)
  const one = `Action: UserEvent\r\nUserEvent: Flood\r\nText: ${'x'.repeat(900)}\r\n\r\n`
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * RATE) / 1_000) - sent
    if (due > 0) flood.send(one.repeat(due))
    sent += Math.max(due, 0)
  }, 20)
  try {
    return await run()
  } finally {
    clearInterval(timer)
  }
}

/** Resolves with a connection that has had its greeting. */
function greeted(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(socket))
    socket.once('error', reject)
  })
}
