import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigError } from 'amiable-settings/yaml'
import { loadConfig, loadUsers, parseConfig } from '../../src/config/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-config-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const SECRET = join(folder, 'secret')
writeFileSync(SECRET, 'lean\n', { mode: 0o600 })
const SMALL = `asterisks:
  pbx1: { host: 10.0.0.1, username: board, secret: { file: ${SECRET} } }
`

/** The faults of a text, as `line path message`. */
function faultsOf(text: string): string[] {
  try {
    parseConfig(text, 'wb.yaml', {})
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.faults.map(({ path, line, message }) => `${line} ${path} ${message}`)
  }
}

test('a small configuration holds, with defaults for the rest', () => {
  const config = parseConfig(SMALL, 'wb.yaml', {})
  assert.equal(config.listen, '127.0.0.1:8090')
  assert.equal(config.signIn.mode, 'none')
  assert.deepEqual(config.alerts.waiting, { warning: 3, alarm: 6 })
})

test('every fault is named with its line, those of the form and those of values together', () => {
  const text = `${SMALL}listen: 0.0.0.0:8090
site: { nam: x }
signIn: { mode: local, networks: [10.0.0.0/99] }
alerts: { waiting: { warning: 5, alarm: 2 } }
boards:
  hall:
    title: Hall
    rotation: [nowhere]
    tiles:
      - { type: figure, figure: waiting, x: 10, y: 0, w: 4, h: 1 }
      - { type: dial, x: 0, y: 0, w: 1, h: 1 }
`
  assert.deepEqual(
    faultsOf(text),
    [
      '4 site.nam is unknown; did you mean name?',
      '1 tls is missing: signIn.mode local sends passwords, and not over plain HTTP',
      '5 signIn.usersFile is missing: signIn.mode local takes roles from it',
      '5 signIn.networks[0] must be a network such as 10.0.0.0/8',
      '6 alerts.waiting.alarm must be at least what warning is',
      '10 boards.hall.rotation[0] must be one of boards',
      '13 boards.hall.tiles[1].type must be a tile with a type: figure, queue, agents, callers, chart, clock or text',
    ].toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10)),
  )
})

test('boards that take turns have one list, and each is in it', () => {
  const board = (rotation: string) =>
    `{ title: A, rotation: ${rotation}, tiles: [{ type: clock, x: 0, y: 0, w: 1, h: 1 }] }`
  const boards = (hall: string, support: string) =>
    `${SMALL}boards:\n  hall: ${board(hall)}\n  support: ${board(support)}\n`
  assert.deepEqual(faultsOf(boards('[hall, support]', '[hall, support]')), [])
  assert.deepEqual(faultsOf(boards('[hall, support]', '[]')), [
    '4 boards.hall.rotation[1] must be a board with the same rotation: that of support is another one',
  ])
  assert.deepEqual(faultsOf(boards('[support]', '[support]')), [
    '4 boards.hall.rotation must name hall too, in its turn',
  ])
})

test('a name that each object has is no name of a configuration', () => {
  const board = '{ title: Hall, rotation: [constructor], tiles: [{ type: clock, x: 0, y: 0, w: 1, h: 1 }] }'
  assert.deepEqual(
    faultsOf(`${SMALL}boards: { hall: ${board} }\nsignIn: { device: { server: toString, interface: PJSIP/100 } }\n`),
    ['3 boards.hall.rotation[0] must be one of boards', '4 signIn.device.server must be one of asterisks'],
  )
})

test('what only the system would refuse later is a fault with its line', () => {
  assert.deepEqual(faultsOf(`${SMALL}listen: 127.0.0.1:65536\n`), [
    '3 listen must be an address and a port such as 127.0.0.1:8090',
  ])
  assert.deepEqual(faultsOf(`${SMALL}listen: 127.0.0.1:65535\n`), [])
  const [fault = '', ...more] = faultsOf(`${SMALL}tls: { certFile: ${SECRET}, keyFile: ${SECRET} }\n`)
  assert.match(fault, /^3 tls\.certFile cannot be used with tls\.keyFile: /)
  assert.deepEqual(more, [])
  const both = 'signIn: { userHeader: X-User, secretHeader: x-user }'
  assert.deepEqual(faultsOf(`${SMALL}${both}\n`), ['3 signIn.secretHeader must be another header than userHeader'])
})

test('a name that a schema leaves out is said, wherever it stands', () => {
  const tile = '{ type: clock, x: 0, y: 0, w: 1, h: 1 }'
  assert.deepEqual(
    faultsOf(`${SMALL}boards: { __proto__: { title: x, tiles: [${tile}] } }\nsite: { __proto__: { name: x } }\n`),
    ['3 boards.__proto__ is unknown', '4 site.__proto__ is unknown'],
  )
})

test('nobody signs in beyond loopback unless he says who he is', () => {
  assert.deepEqual(faultsOf(`${SMALL}listen: 192.0.2.1:80\n`), [
    '3 listen must be a loopback address where signIn.mode is none',
  ])
  assert.deepEqual(faultsOf(`${SMALL}signIn: { mode: proxy }\n`), [
    '3 signIn.usersFile is missing: signIn.mode proxy takes roles from it',
    '3 signIn.networks is missing: who may say who one is',
    '3 signIn.secret is missing: the proxy shows it',
  ])
})

test('a file that others can write is not believed, and one that is missing is named', () => {
  const open = join(folder, 'open.yaml')
  writeFileSync(open, SMALL)
  assert.equal(loadConfig(open, {}).site.name, 'Wallboard')
  assert.throws(() => loadConfig(join(folder, 'none.yaml'), {}), /none\.yaml: the configuration is missing/)
})

test('users have a role, and a password is never in the clear', () => {
  const file = join(folder, 'users.yaml')
  writeFileSync(file, 'users:\n  ann: { role: boss, password: secret }\n  "b d": { role: viewer }\n', { mode: 0o600 })
  assert.throws(
    () => loadUsers(file, {}),
    ({ faults }: ConfigError) => {
      assert.deepEqual(
        faults.map(({ path, line, message }) => `${line} ${path} ${message}`),
        [
          '2 users.ann.role must be viewer, agent, supervisor or admin',
          '2 users.ann.password must be what amiable-wallboard password prints',
          '3 users.b d must have a name of letters, digits, - . @ and _, at most 64',
        ],
      )
      return true
    },
  )
})

test('the folder of the state is there, and nobody else writes into it', () => {
  const state = join(folder, 'state')
  assert.match(faultsOf(`${SMALL}stateFolder: ${state}\n`).join(), /^3 stateFolder must be a folder that is there: /)
  mkdirSync(state, { mode: 0o700 })
  assert.deepEqual(faultsOf(`${SMALL}stateFolder: ${state}\n`), [])
  chmodSync(state, 0o777)
  assert.match(faultsOf(`${SMALL}stateFolder: ${state}\n`).join(), /stateFolder cannot be used: .* other users\. chmod/)
})
