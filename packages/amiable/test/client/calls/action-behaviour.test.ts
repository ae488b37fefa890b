import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allActions } from '../../../src/catalog/facts.ts'
import { actsTwice, blockingTime } from '../../../src/client/calls/action-behaviour.ts'
import type { Params } from '../../../src/wire/encoder.ts'

describe('how long an action may block its session', () => {
  const cases: readonly [action: string, params: Params | undefined, milliseconds: number][] = [
    ['Ping', undefined, 0],
    ['NobodyKnowsThis', { Timeout: 5 }, 0],
    ['command', { Command: 'core reload' }, 60_000],
    ['LoggerRotate', undefined, 60_000],
    ['Originate', { Channel: 'PJSIP/1' }, 30_000],
    ['Originate', { Channel: 'PJSIP/1', Timeout: 5_000 }, 5_000],
    ['Originate', { Channel: 'PJSIP/1', timeout: '7000', async: 'no' }, 7_000],
    ['Originate', { Channel: 'PJSIP/1', Timeout: 5_000, Async: true }, 0],
    // more than a timer can hold, and what Asterisk reads as another number
    ['Originate', { Channel: 'PJSIP/1', Timeout: 2 ** 31 }, 2_147_483_647],
    ['Originate', { Channel: 'PJSIP/1', Timeout: '9'.repeat(400) }, 2_147_483_647],
    ['Originate', { Channel: 'PJSIP/1', Timeout: '1e400' }, 1],
    ['WaitEvent', { Timeout: 2 ** 31 }, 2_147_483_647],
    ['WaitEvent', { Timeout: 40 }, 40_000],
    ['WaitEvent', { Timeout: -1 }, 60_000],
    ['PlayDTMF', { Channel: 'PJSIP/1', Digit: '1', Duration: 12_000 }, 12_000],
    ['PlayDTMF', { Channel: 'PJSIP/1', Digit: '1', Duration: 12_000, Receive: true }, 0],
    ['PlayDTMF', { Channel: 'PJSIP/1', Digit: '1' }, 0],
    ['Getvar', { Variable: 'COUNT' }, 0],
    ['Getvar', { Variable: 'CURL(http://slow.example)' }, 60_000],
    ['Status', { Variables: 'A,ODBC_SLOW(b)' }, 60_000],
  ]
  for (const [action, params, milliseconds] of cases) {
    test(`${action} ${JSON.stringify(params) ?? ''}: ${milliseconds} ms`, () => {
      assert.equal(blockingTime(action, params), milliseconds)
    })
  }
})

describe('what acts twice', () => {
  // each read in its handler, and looked for here by its name alone
  const twice =
    'originate,redirect,userevent,messagesend,sendtext,playdtmf,playmf,agi,atxfer,cancelatxfer,blindtransfer,park,' +
    'bridge,bridgekick,sendflash,pjsipnotify,sipnotify,jabbersend,controlplayback,queueadd,queuelog,mixmonitor,' +
    'stopmixmonitor,voicemailforward,voicemailmove,dialplanextensionadd,updateconfig,createconfig,command,aocmessage,' +
    'moduleload,reload,queuereload,loggerrotate,dahditransfer,dahdidialoffhook,dahdihangup,dahdirestart'
  for (const action of twice.split(',')) test(action, () => assert.equal(actsTwice(action), true))

  test('nothing that reads, nor what sets a state, nor what nobody knows', () => {
    for (const action of ['Ping', 'QueuePause', 'Setvar', 'Hangup', 'DBPut', 'NobodyKnowsThis']) {
      assert.equal(actsTwice(action), false, action)
    }
    assert.ok(allActions().filter(({ name }) => /Show|List|Status$/.test(name) && actsTwice(name)).length === 0)
  })
})
