import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AgiOverlay, buildAgi } from '../src/build-agi.ts'
import { emitAgi } from '../src/emit/agi.ts'
import type { SourceAgi } from '../src/facts/facts.ts'
import { mergeAgi } from '../src/merge.ts'
import { Overlay } from '../src/stale.ts'
import { agi, version } from './docs.ts'

const nothing: AgiOverlay = { agiArgumentNames: {}, agiCorrections: {}, agiKinds: {} }
const versions = [16, 18, 20, 22, 23]
const takes = (least: number, most: number | undefined, dead = false): SourceAgi => ({
  versions,
  least,
  most,
  dead,
  fails: false,
  module: 'res_agi',
})
const wait = agi('wait for it', '<parameter name="how long" required="true"/><parameter name="mode"/>')

function made(nodes: string, sources: Record<string, SourceAgi>, overlay: Partial<AgiOverlay>) {
  const notes = new Overlay()
  const merged = mergeAgi([version('22', nodes), version('16', nodes)])
  const page = (name: string) => `page of ${name}`
  const commands = buildAgi(merged, new Map(Object.entries(sources)), { ...nothing, ...overlay }, notes, page)
  return { commands, stale: notes.stale }
}

const named = { agiArgumentNames: { 'how long': 'timeout' } }

test('arguments are a tuple with names, and what is asked at run time one line', () => {
  const { commands } = made(
    wait,
    { 'WAIT FOR IT': takes(1, undefined, true) },
    {
      ...named,
      agiCorrections: { 'WAIT FOR IT': { why: 'a test', set: 'mode=on|off more*' } },
      agiKinds: { 'WAIT FOR IT': 'timeout#ms' },
    },
  )
  const summaries = { actions: {}, events: {}, parameters: {}, headers: {}, agi: { 'WAIT FOR IT': 'Waits.' } }
  const text = emitAgi({ versions: ['22', '16'], actions: [], events: [], agi: commands, summaries })
  assert.match(text, /'WAIT FOR IT': \[timeout: number \| string, mode\?: 'on' \| 'off', \.\.\.more: string\[\]\]/)
  assert.match(text, /\* Waits\.\n {3}\* `timeout` in milliseconds\. Works on a dead channel\.\n/)
  assert.match(text, /page of wait_for_it\n/)
  assert.match(text, /\nWAIT FOR IT\|1\|\*\|d\|\|res_agi\n/)
})

describe('what the documentation, the sources and the overlay say must fit', () => {
  const fails = (why: RegExp, sources: Record<string, SourceAgi>, overlay: Partial<AgiOverlay>, nodes = wait) =>
    assert.throws(() => made(nodes, sources, overlay), why)

  test('a name that is no identifier', () => fails(/'how long' is no name/, { 'WAIT FOR IT': takes(1, 2) }, {}))
  test('more arguments than are known', () => fails(/takes 3 arguments, and 2/, { 'WAIT FOR IT': takes(1, 3) }, named))
  test('fewer required than the handler wants', () => fails(/wants 2 arguments/, { 'WAIT FOR IT': takes(2, 2) }, named))
  test('a required argument behind an optional one', () =>
    fails(
      /stands behind/,
      { 'WAIT FOR IT': takes(1, 3) },
      { ...named, agiCorrections: { 'WAIT FOR IT': { why: 'a test', set: 'last+' } } },
    ))
  test('a command that the sources do not have, and one that only they have', () => {
    fails(/agi\.tsv does not have it/, {}, named)
    fails(/agi\.tsv has GONE/, { 'WAIT FOR IT': takes(1, 2), GONE: takes(0, 0) }, named)
  })

  test('an entry of the overlay that is not needed', () => {
    const overlay = {
      agiArgumentNames: { ...named.agiArgumentNames, 'no such': 'other' },
      agiCorrections: { 'WAIT FOR IT': { why: '', set: 'mode' } },
      agiKinds: { NOPE: 'x#' },
    }
    assert.deepEqual(made(wait, { 'WAIT FOR IT': takes(1, 2) }, overlay).stale, [
      'agiArgumentNames: no such',
      'agiKinds: NOPE: no such command',
      'agiCorrections: WAIT FOR IT: set mode',
    ])
  })
})
