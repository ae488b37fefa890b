import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgiSpeech } from '../../src/agi/speech.ts'

test('options of recognize that are wrong are refused as those of every command', () => {
  const speech = new AgiSpeech(() => assert.fail('sent'))
  for (const options of [null, 'x', { nosuch: 1 }, { offset: -1 }]) {
    assert.throws(() => speech.recognize('beep', 1_000, options as never), { code: 'AMI_ARGUMENT' })
  }
})
