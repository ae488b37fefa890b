import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { CommandLine } from '../../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../../tools/testbed/tmux.ts'

const execute = promisify(execFile)
const line = new CommandLine({
  pbx1: { port: 1, username: 'frank', secret: 'lean' },
  pbx2: { port: 1, username: 'frank', secret: 'lean' },
})
after(() => line[Symbol.dispose]())
// as it is installed: the command by its name
const env = line.named()

const complete = async (...words: string[]) =>
  (await line.run(['complete', '--', ...words])).stdout.split('\n').filter(Boolean)

test('each place of a command line has its candidates', async () => {
  assert.deepEqual(await complete('ev'), ['events'])
  assert.deepEqual(await complete('send', 'QueuePau'), ['QueuePause'])
  assert.deepEqual(await complete('send', 'QueuePause', 'Interface=x', ''), ['Paused=', 'Queue=', 'Reason='])
  assert.deepEqual(await complete('send', 'QueuePause', 'Paused=n'), ['Paused=no'])
  assert.deepEqual(await complete('events', '-c', 'pbx1', '--ti'), ['--time', '--timeout'])
  assert.deepEqual(await complete('list', 'channels', '-o', 'j'), ['json', 'jsonl'])
  assert.deepEqual(await complete('-c', ''), ['pbx1', 'pbx2'])
  assert.deepEqual(await complete('context', 'use', 'pbx'), ['pbx1', 'pbx2'])
  assert.deepEqual(await complete('list', 'chan'), ['channels'])
  assert.deepEqual(await complete('events', 'Hangup', 'Dial'), ['DialBegin', 'DialEnd', 'DialState'])
  assert.deepEqual(await complete('completion', 'b'), ['bash'])
  assert.ok((await complete('help', '')).includes('events'))
  assert.ok(!(await complete('')).includes('complete'))
  assert.deepEqual(await complete('nonsense', 'x'), [])
})

/** What bash has as candidates when somebody presses Tab behind this line. */
async function inBash(text: string): Promise<string[]> {
  const script = [
    'set -u',
    'source <(amiable completion bash); source <(amiable completion bash)',
    'COMP_LINE=$1; COMP_POINT=999',
    '_amiable',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
    'printf "<%s>\\n" "${COMPREPLY[@]}"',
  ].join('\n')
  const { stdout } = await execute('bash', ['--norc', '-c', script, 'bash', text], { env })
  return stdout.trim().split('\n')
}

test('bare bash: a name ends in = without a blank, a value with one, whatever bash cuts at', async () => {
  assert.deepEqual(await inBash('amiable send QueuePause Int'), ['<Interface=>'])
  assert.deepEqual(await inBash('amiable send QueuePause Paused=n'), ['<no >'])
  assert.deepEqual(await inBash('amiable send QueuePause Paused='), ['<yes >', '<no >'])
  assert.deepEqual(await inBash('amiable ori'), ['<originate >'])
  assert.deepEqual(await inBash('amiable completion '), ['<bash >', '<zsh >', '<fish >'])
})

test('bash with its keys: Tab in a terminal', async (t) => {
  const tmux = (...args: string[]) =>
    execute('tmux', ['-L', `amiable-${process.pid}`, '-f', '/dev/null', ...args], { env })
  try {
    await tmux('new', '-d', '-x', '110', '-y', '30', 'bash --norc --noprofile')
  } catch (error) {
    return t.skip(`no tmux: ${(error as Error).message.split('\n')[0]}`)
  }
  try {
    const until = async (shown: RegExp): Promise<void> => {
      for (const began = performance.now(); performance.now() - began < 20_000; ) {
        const { stdout } = await tmux('capture-pane', '-p')
        if (shown.test(stdout)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      assert.fail((await tmux('capture-pane', '-p')).stdout)
    }
    await tmux('send-keys', 'PS1="\\$ "; source <(amiable completion bash); echo ready', 'Enter')
    await until(/^ready$/m)
    await tmux('send-keys', 'amiable send QueuePause Int', 'Tab')
    await until(/QueuePause Interface=$/m)
    await tmux('send-keys', 'x Paused=n', 'Tab')
    await until(/Interface=x Paused=no$/m)
    await tmux('send-keys', 'Re', 'Tab')
    await until(/Paused=no Reason=$/m)
  } finally {
    await tmux('kill-server')
  }
})

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'

for (const [shell, program, script] of [
  [
    'bash with bash-completion',
    'bash --norc --noprofile',
    `set -u; source ${BASH_COMPLETION}; source <(amiable completion bash); source <(amiable completion bash)`,
  ],
  [
    'zsh',
    'zsh -f',
    'autoload -U compinit; compinit -D -u; source <(amiable completion zsh); source <(amiable completion zsh)',
  ],
  ['fish', 'fish --no-config', 'amiable completion fish | source; amiable completion fish | source'],
] as const) {
  const [name = ''] = program.split(' ')
  const has = spawnSync(name, ['-c', 'true']).status === 0 && (name !== 'bash' || existsSync(BASH_COMPLETION))
  test(`${shell} with its keys: Tab in a terminal`, {
    skip: !(has && hasTmux) && `no ${shell} on this machine`,
  }, async () => {
    await using terminal = await Terminal.open(env, 110, 30)
    await terminal.type(`clear; exec ${program}`)
    // typed ahead of its prompt it would be seen twice
    await terminal.shows((screen) => /[$%#>] ?$/.test(screen) && !screen.includes('exec'))
    await terminal.type(`${script}; echo rea""dy`)
    await terminal.shows((screen) => /^ready$/m.test(screen))
    for (const [typed, shown] of [
      ['amiable ori', /amiable originate$/m],
      [' --ap', /originate +--app$/m],
    ] as const) {
      await terminal.write(typed)
      await terminal.press('Tab')
      await terminal.shows((screen) => shown.test(screen))
    }
    await terminal.press('C-u')
    await terminal.write('amiable send QueuePause Int')
    await terminal.press('Tab')
    await terminal.shows((screen) => /QueuePause Interface=$/m.test(screen))
    await terminal.write('x Paused=n')
    await terminal.press('Tab')
    await terminal.shows((screen) => /Interface=x Paused=no$/m.test(screen))
  })
}

test('an unknown shell is a mistake', async () => {
  const { code, stderr } = await line.run(['completion', 'fsh'])
  assert.equal(code, 2)
  assert.match(stderr, /there is no script for fsh; did you mean (?:zsh|fish)\?/)
})
