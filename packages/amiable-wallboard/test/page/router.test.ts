import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { boardOf, hashOf, PAGES, routeOf } from '../../src/page/router.ts'

test('an address leads where it was written', () => {
  const query = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1, unit: 'binary' }))
  fc.assert(
    fc.property(fc.constantFrom(...PAGES), query, (page, given) => {
      assert.deepEqual(routeOf(hashOf({ page, query: given })), { page, query: { ...given } })
    }),
  )
})

test('an address of nothing leads to the start page', () => {
  for (const hash of ['', '#', '#/', '#/nothing', '#/__proto__']) assert.equal(routeOf(hash).page, 'queues')
})

test('a path leads to a board, also where it is written wrongly', () => {
  assert.equal(boardOf('/'), undefined)
  assert.equal(boardOf('/wall/'), undefined)
  assert.equal(boardOf('/wall/hall/x'), 'hall')
  assert.equal(boardOf('/wall/gro%C3%9F'), 'groß')
  for (const name of ['%', '%E0%A4%A', '%zz']) assert.equal(boardOf(`/wall/${name}`), name)
})
