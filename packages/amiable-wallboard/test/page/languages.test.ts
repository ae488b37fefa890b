import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from '../../src/page/languages/en.ts'
import { LANGUAGES, languageFor, say, speak } from '../../src/page/languages/language.ts'

test('every language has every message, with the same values in it', async () => {
  const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).toSorted()
  for (const [name, { load }] of Object.entries(LANGUAGES)) {
    const messages = await load()
    assert.deepEqual(Object.keys(messages), Object.keys(en), name)
    for (const [key, text] of Object.entries(messages)) {
      assert.notEqual(text, '', `${name}: ${key}`)
      assert.deepEqual(holes(text), holes(en[key as keyof typeof en]), `${name}: ${key}`)
    }
  }
})

test('the language is the one that was chosen, then what the browser asks for, then English', () => {
  assert.equal(languageFor('de', ['es']), 'de')
  assert.equal(languageFor(null, ['fr-FR', 'es-AR', 'de']), 'es')
  assert.equal(languageFor(null, ['pt']), 'pt-BR')
  assert.equal(languageFor('xx', ['yy']), 'en')
})

test('a value is put in as it is, and one that is missing stays visible', async () => {
  assert.equal(await speak('en'), true)
  assert.equal(say('asOf', { time: '{time} $&' }), 'as of {time} $&')
  assert.equal(say('asOf'), 'as of {time}')
  assert.equal(await speak('de'), true)
  assert.equal(say('asOf', { time: '14:03' }), 'Stand 14:03')
  assert.equal(await speak('xx'), false)
  assert.equal(say('asOf', { time: '14:03' }), 'Stand 14:03')
})
