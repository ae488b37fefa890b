// What holds for every verb: help, mistakes, streams, and that no secret is an argument.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { reportTo, Writer, wantsJson } from 'amiable-settings'
import { HAS_ROOM, isCareful } from '../../../tools/testbed/careful.ts'
import { GatewayCommand } from '../../../tools/testbed/gateway-command.ts'
import { explain } from '../src/explain.ts'
import { runProgram } from '../src/program.ts'
import { VERBS } from '../src/verbs/verbs.ts'
import { VERSION } from '../src/version.ts'

const line = new GatewayCommand()
after(() => line[Symbol.dispose]())

/** Runs a command line in this process: most of what a command costs is the start of its process. */
async function inProcess(words: readonly string[]) {
  const said = { stdout: '', stderr: '' }
  const writer = (name: keyof typeof said) =>
    new Writer((bytes, from, done) => {
      said[name] += Buffer.from(bytes.subarray(from)).toString()
      done(null, bytes.length - from)
    })
  const io = {
    out: writer('stdout'),
    err: writer('stderr'),
    env: line.env(),
    signal: new AbortController().signal,
    isTerminal: { in: false, out: false, err: false },
    onInterrupt: () => {},
  }
  const code = await runProgram(io, words).catch((error) =>
    reportTo(io.err, 'amiable-gateway', explain(error), wantsJson(words)),
  )
  await Promise.all([io.out.drain(), io.err.drain()])
  return { code, ...said }
}

test('a mistake of a process is that of the program', async () => {
  const words = ['check', '--confg', 'x']
  assert.deepEqual(await line.run(words), await inProcess(words))
})

test('the version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  assert.equal(VERSION, manifest.version)
  assert.deepEqual(await line.run(['--version']), { code: 0, stdout: `${VERSION}\n`, stderr: '' })
})

test('without a verb the help is an error, with --help it is output', async () => {
  const [bare, asked] = await Promise.all([line.run([]), line.run(['--help'])])
  assert.deepEqual([bare.code, bare.stdout], [2, ''])
  assert.deepEqual([asked.code, asked.stderr], [0, ''])
  assert.equal(bare.stderr, asked.stdout)
  for (const { name, summary } of VERBS)
    assert.ok(asked.stdout.includes(name) && asked.stdout.includes(summary.slice(0, 20)), name)
})

for (const { name } of VERBS) {
  test(`the page of ${name} begins with two examples and fits a screen`, async () => {
    const [page, same] = [await inProcess([name, '--help']), await inProcess(['help', name])]
    assert.equal(page.code, 0)
    assert.equal(page.stdout, same.stdout)
    const lines = page.stdout.split('\n')
    const isExample = (text = '') => /^(?:AMIABLE_\w+=\S+ )*amiable-gateway /.test(text)
    assert.ok(isExample(lines[0]) && isExample(lines[1]) && lines[2] === '', page.stdout)
    for (const one of lines) assert.ok(one.length <= 80, one)
  })
}

for (const [args, says] of [
  [['chek'], /^amiable-gateway: there is no verb chek; did you mean check\?\n/],
  [['help', 'chek'], /there is no verb chek/],
  [['check', '--confg', 'x'], /^amiable-gateway: unknown option --confg; did you mean --config\?\n/],
  [['check', '-o', 'xml'], /^amiable-gateway: .*xml.*Allowed choices are text, json/],
  [
    ['check', '-c', 'none.yaml'],
    /^amiable-gateway: none\.yaml: the configuration is missing: there is no such file\n$/,
  ],
  [['check'], /^amiable-gateway: AMIABLE_URL: the configuration is missing: give a file, or AMIABLE_URL=/],
  [['health', '--timeout', 'soon'], /--timeout .*It must be a time such as 500ms/],
  [['health', '--url', 'pbx1'], /^amiable-gateway: --url must be an address such as http/],
  [['permissions', 'wallbord'], /^amiable-gateway: there is no role wallbord; did you mean wallboard\?\n/],
  [['permissions', '--prefix', 'a.b'], /--prefix must be one token such as ami/],
  [['init', '-c', 'x', 'y'], /init takes a folder or -c, and not both/],
  [['init', '--team', 'crm'], /--team and --dry-run need -c/],
  [['init', '-c', 'x', '--team', 'crn'], /there is no team crn with a consumer; did you mean crm\?/],
  [['watch', '-n', '0'], /-n must be a whole number from 1/],
  [['watch', '--since', 'soon'], /--since must be an ISO date/],
  [['watch', '--nats', 'nats://u:p@n1'], /--nats must be addresses such as .*without a user name or a password/],
  [['watch', '--user', 'crm'], /--user needs --nats/],
  [['call', 'pbx1'], /missing required argument action/],
  [['call', 'pbx1', 'QueuePuse'], /there is no action QueuePuse; did you mean QueuePause\?/],
  [['call', 'pbx1', 'Ping', 'x'], /a parameter must be Name=value, got x/],
  [['call', 'p.b', 'Ping'], /the server must be a name such as pbx1, or any/],
  [['call', '--nats', 'n1', '--user', 'crm', 'pbx1', 'Ping'], /--user and --password-file go together/],
  [['status', '-c', 'none.yaml'], /none\.yaml: the configuration is missing/],
  [['verify', '--since', 'soon'], /--since must be an ISO date/],
  [['demo', '--nats-servr', 'x'], /unknown option --nats-servr; did you mean --nats-server\?/],
] as const) {
  test(`a mistake is one line and exits with 2: ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await inProcess(args)
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, says)
    assert.ok(stderr.split('\n').length <= 3, stderr)
  })
}

test('a mistake is JSON where JSON was asked for', async () => {
  const { code, stderr } = await line.run(['verify', '-c', 'none.yaml', '-o', 'json'])
  assert.equal(code, 2)
  const { error } = JSON.parse(stderr)
  assert.deepEqual([error.code, error.exit], ['CONFIG', 2])
})

test('a secret is no argument, and what was given is not repeated', async () => {
  for (const option of ['--secret', '--password']) {
    const { code, stderr } = await line.run(['check', option, 'a marked secret'])
    assert.equal(code, 2)
    assert.match(stderr, /there is no option for a secret/)
    assert.doesNotMatch(stderr, /marked/)
  }
})

test('a reader that has seen enough is no failure', async () => {
  const child = line.start(['permissions'])
  child.stdout.destroy()
  assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0)
})

test('a full disk is one line and exit status 74', async (t) => {
  if (process.platform !== 'linux') return t.skip('/dev/full is of Linux')
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [line.bin, 'permissions'], { env: line.env(), stdio: ['ignore', full, 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 74)
  assert.match(stderr, /^amiable-gateway: the output could not be written: ENOSPC[^\n]*\n$/)
})

test('its processes have room for the scanner, but for a run that is to be without it', () => {
  const { stdout } = spawnSync(process.execPath, ['-p', HAS_ROOM], { env: line.env(), encoding: 'utf8' })
  assert.equal(stdout, `${!isCareful()}\n`)
})
