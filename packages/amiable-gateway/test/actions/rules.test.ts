import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions } from 'amiable/catalog'
import { classedAction, classedActions, classOfRequest, isClassed } from '../../src/actions/classes.ts'
import { ActionParams } from '../../src/actions/params.ts'
import { type ActionRules, denialOf } from '../../src/actions/rules.ts'

test('every action of the catalog has one class, and the table names no other', () => {
  const known = Object.keys(actions)
  assert.deepEqual(
    known.filter((name) => !isClassed(name)),
    [],
  )
  const names = classedActions().map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(actions, name)),
    [],
  )
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, known.length)
})

test('class read changes nothing, and what needs command or agi is danger', () => {
  for (const { name, class: group } of classedActions()) {
    const facts = actions[name as keyof typeof actions]
    if (group === 'read') assert.ok(facts.reads, `${name} changes something`)
    if (facts.privileges.some((one) => one === 'command' || one === 'agi')) assert.equal(group, 'danger', name)
  }
})

const RULES: ActionRules = {
  classes: ['read', 'call', 'queue', 'message', 'admin'],
  allow: [],
  contexts: ['from-crm'],
  technologies: ['PJSIP', 'Local'],
  trunks: ['carrier'],
  variables: ['ORDER', 'TRANSFER_CONTEXT', 'CALLERID(num)'],
  applications: ['Playback'],
}

type Values = Record<string, string | number | boolean | string[]>

function ruleOf(
  name: string,
  params: Values,
  more: { class?: string; variables?: Record<string, string>; rules?: Partial<ActionRules> } = {},
): string | undefined {
  const action = classedAction(name)
  const judged = new ActionParams(params)
  const { class: group = classOfRequest(action, judged), variables = {}, rules = {} } = more
  const request = { action, class: group, params: judged, variables: Object.entries(variables) }
  return denialOf(request, { ...RULES, ...rules })?.rule
}

const CALL = { Channel: 'PJSIP/100', Context: 'from-crm', Exten: '200', Priority: 1 }

test('what the rules allow is allowed', () => {
  const allowed: [string, Values, Record<string, string>?][] = [
    ['Ping', {}],
    ['ping', {}],
    ['Originate', CALL],
    ['Originate', { ...CALL, Channel: 'pjsip/100' }],
    ['Originate', { ...CALL, Channel: 'PJSIP/0123@carrier' }],
    ['Originate', { ...CALL, Channel: 'PJSIP/carrier/sip:0123@example.net' }],
    ['Originate', { ...CALL, Channel: 'Local/200@from-crm/n' }],
    ['Originate', CALL, { ORDER: '1', __ORDER: '2', TRANSFER_CONTEXT: 'from-crm', 'CALLERID(num)': '100' }],
    ['Originate', { ...CALL, PreDialGoSub: 'from-crm,s,1(a,b)' }],
    ['Originate', { Channel: 'PJSIP/100', Application: 'playback', Data: 'hello' }],
    ['Redirect', { Channel: 'PJSIP/1-0', Context: 'from-crm', Exten: '1', Priority: 1, ExtraChannel: 'x' }],
    ['Getvar', { Channel: 'PJSIP/1-0', Variable: 'ORDER:0:3' }],
    ['Status', { Variables: 'A,B' }],
    ['Setvar', { Channel: 'PJSIP/1-0', Variable: '_ORDER', Value: '1' }],
    ['Hangup', { Channel: 'PJSIP/1-0' }],
    ['QueueAdd', { Queue: 'support', Interface: 'PJSIP/100' }],
    ['UserEvent', { UserEvent: 'A', Channel: ['a', 'b'] }],
    ['MyModuleAction', { Anything: ['a', 'b'] }],
    ['MixMonitor', { Channel: 'PJSIP/1-0', File: 'a.wav' }],
  ]
  for (const [name, params, variables] of allowed) {
    assert.equal(ruleOf(name, params, { variables: variables ?? {} }), undefined, `${name} ${JSON.stringify(params)}`)
  }
})

const DENIED: [rule: string, name: string, params: Values, variables?: Record<string, string>][] = [
  // an expression over every channel, and every spelling of the header
  ['expression', 'Hangup', { Channel: '/.*/' }],
  ['expression', 'hangup', { cHANNEL: '/^PJSIP/' }],
  ['repeated', 'Hangup', { Channel: 'PJSIP/1-0', channel: '/.*/' }],
  ['repeated', 'Hangup', { channel: '/.*/', Channel: 'PJSIP/1-0' }],
  ['repeated', 'Hangup', { Channel: ['PJSIP/1-0', '/.*/'] }],
  ['expression', 'MWIDelete', { Mailbox: '/.*/' }],
  // contexts
  ['context', 'Originate', { ...CALL, Context: 'internal' }],
  ['context', 'Originate', { ...CALL, Context: 'FROM-CRM' }],
  ['context', 'Originate', { ...CALL, Context: '' }],
  ['context', 'Originate', { Channel: 'PJSIP/100', Exten: '1', Priority: 1 }],
  ['repeated', 'Originate', { ...CALL, context: 'internal' }],
  ['context', 'Originate', { ...CALL, PreDialGoSub: 'internal,s,1' }],
  ['context', 'Originate', { ...CALL, PreDialGoSub: 's,1' }],
  ['context', 'Originate', { ...CALL, PreDialGoSub: 'from-crm^internal,s,1' }],
  ['context', 'Redirect', { Channel: 'a', Context: 'internal', Exten: '1', Priority: 1 }],
  ['context', 'Redirect', { Channel: 'a', Context: 'from-crm', ExtraContext: 'internal' }],
  ['context', 'BlindTransfer', { Channel: 'a', Exten: '1' }],
  ['context', 'Atxfer', { Channel: 'a', Exten: '1', Context: 'internal' }],
  // what is dialled
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1@internal' }],
  ['channel', 'Originate', { ...CALL, Channel: 'local/1@internal/n' }],
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1' }],
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1@from-crm@internal' }],
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1/n@internal' }],
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1@internal/n@from-crm' }],
  ['channel', 'Originate', { ...CALL, Channel: 'Local/1@from-crm/n&Local/1@internal' }],
  ['channel', 'Originate', { ...CALL, Channel: 'AudioSocket/10.0.0.1:9092/x' }],
  ['channel', 'Originate', { ...CALL, Channel: 'PJSIP/0900@other' }],
  ['channel', 'Originate', { ...CALL, Channel: 'PJSIP/100/sip:0900@other.example.net' }],
  ['channel', 'Originate', { ...CALL, Channel: 'PJSIP/100&PJSIP/200' }],
  ['channel', 'Originate', { ...CALL, Channel: '' }],
  ['channel', 'QueueAdd', { Queue: 'q', Interface: 'Local/0900@internal' }],
  ['channel', 'Park', { Channel: 'a', TimeoutChannel: 'Local/0900@internal' }],
  ['channel', 'Park', { Channel: 'a', channel2: 'PJSIP/0900@other' }],
  // applications and variables
  ['application', 'Originate', { ...CALL, Application: 'System', Data: 'id' }],
  ['application', 'Originate', { Channel: 'PJSIP/100', application: 'Goto', Data: 'internal,s,1' }],
  ['parameter', 'Originate', { ...CALL, Variable: 'TRANSFER_CONTEXT=internal' }],
  ['parameter', 'Originate', { ...CALL, NewHeader: 'x' }],
  ['variable', 'Originate', CALL, { OTHER: '1' }],
  ['variable', 'Originate', CALL, { 'SHELL(id)': '1' }],
  ['variable', 'Originate', CALL, { ___ORDER: '1' }],
  ['context', 'Originate', CALL, { TRANSFER_CONTEXT: 'internal' }],
  ['context', 'Originate', CALL, { __TRANSFER_CONTEXT: 'internal^1^1' }],
  ['variable', 'Setvar', { Variable: 'ORDER', Value: 'all calls' }],
  ['variable', 'Setvar', { Channel: 'a', Variable: 'OTHER', Value: '1' }],
  ['context', 'Setvar', { Channel: 'a', Variable: 'TRANSFER_CONTEXT', Value: 'internal' }],
  ['variable', 'Setvar', { Channel: 'a', Variable: 'ORDER', Value: '1' }, { OTHER: '1' }],
  ['variable', 'Getvar', { Channel: 'a', Variable: 'ORDER' }, { 'ENV(PATH)': '' }],
  ['variable', 'Ping', {}, { A: '1' }],
  ['variable', 'MessageSend', { To: 'sip:a', From: 'b', Body: 'c' }, { OTHER: '1' }],
  // functions, programs and what is listed one by one
  ['class', 'Getvar', { Variable: 'AST_CONFIG(manager.conf,frank,secret)' }],
  ['class', 'getvar', { variable: 'ENV(PATH)' }],
  ['class', 'Getvar', { Variable: ['A', 'SHELL(id)'] }],
  ['class', 'Status', { Variables: 'A,SHELL(id)' }],
  ['class', 'Setvar', { Channel: 'a', Variable: 'CALLERID(num)', Value: '1' }],
  ['class', 'MixMonitor', { Channel: 'a', File: 'b', Command: 'rm' }],
  ['class', 'Command', { Command: 'core stop now' }],
  ['class', 'PJSIPShowAuths', {}],
  ['never', 'Login', {}],
  ['never', 'LOGOFF', {}],
  ['never', 'Events', { EventMask: 'off' }],
  ['never', 'Filter', {}],
]

for (const [rule, name, params, variables = {}] of DENIED) {
  test(`denied by ${rule}: ${name} ${JSON.stringify(params)} ${JSON.stringify(variables)}`, () => {
    assert.equal(ruleOf(name, params, { variables }), rule)
  })
}

test('the class of the subject must be the class of the action', () => {
  assert.equal(ruleOf('Originate', CALL, { class: 'read' }), 'class')
  const listed = { allow: ['Getvar', 'Login'] }
  assert.equal(ruleOf('Getvar', { Variable: 'ENV(PATH)' }, { class: 'read', rules: listed }), 'class')
  assert.equal(ruleOf('Getvar', { Variable: 'ENV(PATH)' }, { class: 'danger', rules: listed }), undefined)
  assert.equal(ruleOf('Ping', {}, { class: 'danger' }), 'class')
  assert.equal(ruleOf('Login', {}, { class: 'never', rules: listed }), 'never')
})

test('a class that is off is denied, unless the action is listed', () => {
  const none = { classes: [] as const }
  assert.equal(ruleOf('Ping', {}, { rules: none }), 'class')
  assert.equal(ruleOf('Ping', {}, { rules: { ...none, allow: ['ping'] } }), undefined)
  assert.equal(ruleOf('Command', {}, { rules: { ...none, allow: ['COMMAND'] } }), undefined)
  const call = { ...CALL, Context: 'internal' }
  assert.equal(ruleOf('Originate', call, { rules: { ...none, allow: ['Originate'] } }), 'context')
})

test('names that every object has are names like others', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    assert.equal(ruleOf(name, { constructor: 'x' } as unknown as Values), undefined)
    assert.equal(ruleOf(name, {}, { rules: { classes: ['read'] } }), 'class')
  }
})
