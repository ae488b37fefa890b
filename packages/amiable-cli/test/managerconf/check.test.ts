// Each check of manager.conf: a file that it has something against, and sound ones where all are silent.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { checkManagerConf } from '../../src/managerconf/check.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-manager-conf-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string, mode = 0o640): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const certificate = file('server.pem', 'a certificate')
const general = ['enabled = yes', 'bindaddr = 127.0.0.1', 'port = 5038']
const frank = [
  'secret = kN7c2vQ0xTz8mB4e',
  'deny = 0.0.0.0/0.0.0.0',
  'permit = 127.0.0.1/255.255.255.255',
  'read = call,agent',
  'write = originate',
]

/** A file in which these lines of a sound one are others. */
function conf({ general: g = general, frank: f = frank, more = '' } = {}): string {
  return `[general]\n${g.join('\n')}\n[frank]\n${f.join('\n')}\n${more}`
}

/** The sound lines with those of a name in place of those of that name, or without them. */
function but(lines: readonly string[], name: string, ...others: string[]): string[] {
  return [...lines.filter((line) => !line.startsWith(`${name} `)), ...others]
}

function findings(text: string, section?: string) {
  return checkManagerConf(file('manager.conf', text), section)
}

for (const [name, text] of [
  ['plain', conf()],
  [
    'with TLS for other machines',
    conf({ general: [...general, 'tlsenable = yes', `tlscertfile = ${certificate}`, 'tlsbindaddr = 0.0.0.0:5039'] }),
  ],
  [
    'with a template and an addition',
    `${conf()}[base](!)\ndeny=0.0.0.0/0\npermit=10.0.0.0/8,!10.0.0.1,pbx.example\n
[ann](base)\nsecret=vQ0xTz8mB4ekN7c2\n[ann](+)\nread = ${'cal'}\nread +=l,agent\nwrite=\n`,
  ],
  ['with every class', conf({ frank: but(but(frank, 'read', 'read = all'), 'write', 'write =') })],
  [
    'with comments',
    conf({
      more: ';-- [ann]\nread = x\n--;\n; read =\n[ben]\nacl = office ; where Ben is\nsecret = a\\;bcdefghijkl\n',
    }),
  ],
  [
    'with filters',
    conf({ frank: [...frank, 'eventfilter(action(exclude),name(VarSet)) =', 'eventfilter = !Event: VarSet'] }),
  ],
] as const) {
  test(`a sound file ${name}: no fault`, () => {
    assert.deepEqual(
      findings(text).map(({ id, says }) => [id, says.split(': ').at(-1)?.slice(-8)]),
      [['F0', 'no fault']],
    )
  })
}

for (const [id, says, text] of [
  ['F1', /:1: the \[ has no \]: Asterisk gives up/, `[general\n${conf()}`],
  ['F1', /before the first \[section\]/, `x = y\n${conf()}`],
  ['F1', /the line has no =/, conf({ general: [...general, 'webenabled'] })],
  ['F1', /there is no directive #inclde/, `#inclde "x"\n${conf()}`],
  ['F1', /the file none\.conf of #include is missing.*gives up/, `${conf()}#include "none.conf"\n`],
  ['F1', /there is no section base before \[ann\]/, `${conf()}[ann](base)\n`],
  ['F1', /\[ann\]\(\+\) adds to a section that does not exist/, `${conf()}[ann](+)\n`],
  ['F3', /no enabled = yes: AMI is off/, conf({ general: but(general, 'enabled') })],
  ['F3', /there is no section \[general\]/, conf().replace('[general]', '[genral](!)')],
  ['F4', /:4: port must be a number from 1024 to 65535/, conf({ general: but(general, 'port', 'port = 80') })],
  ['F4', /authlimit must be a number from 1/, conf({ general: [...general, 'authlimit = 0'] })],
  [
    'F5',
    /bindaddr = 0\.0\.0\.0: AMI without encryption/,
    conf({ general: but(general, 'bindaddr', 'bindaddr = 0.0.0.0') }),
  ],
  ['F5', /without bindaddr Asterisk listens on every address/, conf({ general: but(general, 'bindaddr') })],
  ['F6', /AMI does not use tlsverifyclient/, conf({ general: [...general, 'tlsverifyclient = yes'] })],
  ['F7', /tlsenable = yes without tlscertfile/, conf({ general: [...general, 'tlsenable = yes'] })],
  ['F7', /none\.pem is missing/, conf({ general: [...general, 'tlsenable = yes', 'tlscertfile = /none.pem'] })],
  ['F8', /\[general\] has no option enabeld/, conf({ general: [...general, 'enabeld = yes'] })],
  ['F8', /\[frank\] has no option permitt/, conf({ frank: [...frank, 'permitt = 10.0.0.1'] })],
  ['F9', /\[Frank\] stands at manager\.conf:5 too/, `${conf()}[Frank]\n${frank.join('\n')}`],
  ['F10', /has no secret: nobody/, conf({ frank: but(frank, 'secret') })],
  ['F10', /its own name for a secret/, conf({ frank: but(frank, 'secret', 'secret = Frank') })],
  ['F10', /everybody tries first/, conf({ frank: but(frank, 'secret', 'secret = amp111') })],
  ['F10', /fewer than 12/, conf({ frank: but(frank, 'secret', 'secret = abcdefg') })],
  ['F11', /read = call, log: it does not grant log/, conf({ frank: but(frank, 'read', 'read = call, log') })],
  [
    'F11',
    /read = call,,log: it also grants every other class/,
    conf({ frank: but(frank, 'read', 'read = call,,log') }),
  ],
  ['F11', /read = us,cdr: it also grants user/, conf({ frank: but(frank, 'read', 'read = us,cdr') })],
  ['F11', /there is no class agents; did you mean agent/, conf({ frank: but(frank, 'read', 'read = call,agents') })],
  ['F12', /\[frank\] has no permit, deny or acl/, conf({ frank: but(but(frank, 'permit'), 'deny') })],
  [
    'F13',
    /permit = 127\.0\.0\.1\/33 is no address: Asterisk deletes/,
    conf({ frank: but(frank, 'permit', 'permit = 127.0.0.1/33') }),
  ],
  ['F14', /nobody can log in/, conf({ frank: but(frank, 'deny', 'deny = 0.0.0.0/0.0.0.0') })],
  ['F15', /with system, command/, conf({ frank: but(frank, 'write', 'write = system,command') })],
  ['F16', /writetimeout must be 100/, conf({ frank: [...frank, 'writetimeout = 5'] })],
] as const) {
  test(`${id} finds ${says.source}`, () => {
    const found = findings(text).filter((one) => one.id === id)
    assert.equal(found.length > 0, true, JSON.stringify(findings(text)))
    assert.match(found.map((one) => one.says).join('\n'), says)
    for (const one of found) assert.ok((one.fix ?? []).length > 0)
    assert.doesNotMatch(JSON.stringify(found), /kN7c2vQ0/)
  })
}

test('F2: a file that every user can read, and an included one', () => {
  const included = file(
    'accounts.conf',
    '[ann]\n#include "manager.d/*.conf"\nacl = office\nsecret = 0123456789ab\n',
    0o644,
  )
  const path = file('open.conf', `${conf()}#include accounts.conf\n`, 0o640)
  const found = checkManagerConf(path)
  assert.deepEqual(
    found.map(({ id }) => id),
    ['F1', 'F2'],
  )
  assert.ok(found[1]?.says.includes(included))
})

test('F17: an account that is not there, and a file without one', () => {
  const [wrong] = findings(conf(), 'frnk')
  assert.deepEqual([wrong?.id, wrong?.fix], ['F17', ['did you mean frank?']])
  assert.deepEqual(
    findings(`[general]\n${general.join('\n')}`).map(({ id }) => id),
    ['F17'],
  )
})

test('a second section of an account adds to the first, but for addresses and filters', () => {
  const of = (more: string) => findings(`${conf()}[frank]\n${more}\n`).map(({ id }) => id)
  assert.deepEqual(of('permit = 127.0.0.1\nread = cdr'), ['F9'])
  assert.deepEqual(of('read = cdr'), ['F9', 'F12'])
})

test('files that include each other come to an end', () => {
  const path = file('loop.conf', `${conf()}#include "loop.conf"\n`)
  assert.match(
    findings(conf())
      .map(({ id }) => id)
      .join(),
    /F0/,
  )
  assert.ok(checkManagerConf(path).some(({ says }) => /too deeply/.test(says)))
})
