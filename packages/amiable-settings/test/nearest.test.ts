import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, nearest } from '../src/nearest.ts'

const NAMES = ['Interface', 'Paused', 'Queue', 'Reason']

test('a slip finds the name that was meant', () => {
  for (const slip of ['Interfce', 'interface', 'Itnerface', 'Interfaces'])
    assert.equal(nearest(slip, NAMES), 'Interface', slip)
  assert.equal(nearest('Quue', NAMES), 'Queue')
})

test('what is no slip finds nothing', () => {
  for (const other of ['', 'Channel', 'x', 'Face']) assert.equal(nearest(other, NAMES), undefined, other)
  assert.equal(didYouMean('Face', NAMES), '')
  assert.equal(didYouMean('Paus', NAMES), '')
  assert.equal(didYouMean('Pause', NAMES), '; did you mean Paused?')
})
