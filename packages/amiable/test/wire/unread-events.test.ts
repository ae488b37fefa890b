// Events that nobody reads, at the bytes: which are passed over, and which are left to others.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Scanner } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'
import { nothingToScanWith } from '../support/scan.ts'

const lines = 'Event: Hangup\r\nChannel: SIP/1\r\nCause-txt: Normal\r\n'

describe('an event that nobody reads', nothingToScanWith, () => {
  const members = {}
  const title = (name: string) => `Event: ${name}\r\n`

  /** A scanner that passes these titles over, and has the text in its inbox. */
  function passing(text: string, ...names: string[]): Scanner {
    const scanner = Scanner.make()
    assert.ok(scanner)
    assert.ok(scanner.learn(lines))
    ask(scanner, names)
    scanner.inbox.set(bytes(text))
    scanner.begin({}, text.length, 'latin1')
    return scanner
  }

  /** Has it come to these titles, which nobody reads. */
  function ask(scanner: Scanner, names: readonly string[], of: object = members): void {
    // those who read are asked only where they were those of the scan before, too
    scanner.scan(scanner.first, scanner.first, of, 1_000)
    for (const [at, name] of names.entries()) {
      // few titles have the same headers
      const known = `${title(name)}X${at >> 4}: 1\r\n`
      assert.ok(scanner.learn(known))
      const text = `${known}\r\n`
      scanner.inbox.set(bytes(text))
      scanner.begin({}, text.length, 'latin1')
      scanner.scan(scanner.first, scanner.first + text.length, of, 1_000)
      while (scanner.next()) scanner.ask({ members: of, reads: (one) => one !== name, passed: () => {} })
    }
  }

  /** How many are passed over in front of each event that is found, and behind the last; and what is left. */
  function passed(scanner: Scanner, text: string, most = 1_000): { passed: number[]; rest: string } {
    scanner.scan(scanner.first, scanner.first + text.length, members, most)
    const counts: number[] = []
    for (let goesOn = true; goesOn; ) {
      goesOn = scanner.next()
      counts.push(scanner.passed)
    }
    return { passed: counts, rest: text.slice(scanner.stopped - scanner.first) }
  }

  const some = `${title('VarSet')}Value: a\n\r: b\r\n\r\n`

  test('is passed over, whatever stands in it, and counted in front of the next', () => {
    const plain = `${title('VarSet')}\r\n${title('VarSet')}never: learnt\r\n\r\n`
    const text = `${plain}${lines}\r\n${lines}\r\n${plain}`
    assert.deepEqual(passed(passing(text, 'VarSet'), text), { passed: [2, 0, 2], rest: '' })
    // two bare line feeds end nothing, for either reader
    const merged = `${title('VarSet')}A: b\n\n${lines}\r\n`
    assert.deepEqual(passed(passing(merged, 'VarSet'), merged), { passed: [1], rest: '' })
    const long = `${title('VarSet')}${'Value: x\r\n'.repeat(40)}\r\n`
    assert.deepEqual(passed(passing(long, 'VarSet'), long), { passed: [1], rest: '' })
  })

  test('is left to the careful reader where it is not certain that it ends there', () => {
    for (const odd of [some, `${title('VarSet')}A: b\n\r\n`, `\r\n${title('VarSet')}\r\n`]) {
      const text = `${odd}${lines}\r\n`
      assert.deepEqual(passed(passing(text, 'VarSet'), text), { passed: [0], rest: text }, JSON.stringify(odd))
    }
  })

  test('is read while it has more bytes than are sure to be past no limit', () => {
    const text = `${title('VarSet')}Value: 1\r\n\r\n`
    const bytesOf = text.length - 2
    assert.deepEqual(passed(passing(text, 'VarSet'), text, bytesOf), { passed: [1], rest: '' })
    assert.deepEqual(passed(passing(text, 'VarSet'), text, bytesOf - 1), { passed: [0], rest: text })
  })

  test('waits for its end, wherever the bytes are cut', () => {
    const text = `${title('VarSet')}Value: 1\r\n\r\n`
    for (let cut = 0; cut < text.length; cut++) {
      // older bytes lie behind, which end it
      const scanner = passing(text, 'VarSet')
      const part = text.slice(0, cut)
      assert.deepEqual(passed(scanner, part), { passed: [0], rest: part }, `${cut}`)
    }
  })

  test('has exactly that title: not one that begins or ends with it, or is as long', () => {
    const names = ['VarSe', 'VarSetX', 'XVarSet', 'VarSeT', 'v'.repeat(6 + 64)]
    const text = `${names.map((name) => `${title(name)}\r\n`).join('')}`
    const scanner = passing(text, 'VarSet')
    for (const name of names) scanner.learn(title(name))
    assert.deepEqual(passed(scanner, text), { passed: [0, 0, 0, 0, 0], rest: `${title(names[4] as string)}\r\n` })
  })

  test('is passed over until others read, and until the scanner begins again', () => {
    const text = `${title('VarSet')}X0: 2\r\n\r\n`
    const scanner = passing(text, 'VarSet')
    const to = scanner.first + text.length
    assert.deepEqual(passed(scanner, text), { passed: [1], rest: '' })
    // while nobody knows who reads, and again
    assert.equal(scanner.scan(scanner.first, to), 1)
    assert.deepEqual(passed(scanner, text), { passed: [1], rest: '' })
    const others = {}
    assert.equal(scanner.scan(scanner.first, to, others, 1_000), 1)
    assert.ok(scanner.next())
    assert.equal(scanner.passed, 0)
    // those of before come back: nobody has asked since, and nobody does at once
    for (const asked of [0, 1]) {
      assert.equal(scanner.scan(scanner.first, to, members, 1_000), 1)
      assert.ok(scanner.next())
      let count = 0
      const reads = () => ++count < 0
      scanner.ask({ members, reads, passed: () => {} })
      assert.equal(count, asked)
    }
    assert.deepEqual(passed(scanner, text), { passed: [1], rest: '' })
  })

  test('is one of at most 64 titles, each known once, also such as are equally long', () => {
    const names = Array.from({ length: 70 }, (_, n) => `Title${n + 10}`)
    const text = names.map((name) => `${title(name)}\r\n`).join('')
    const scanner = passing(text, ...names.slice(0, 30), ...names.slice(0, 30))
    ask(scanner, names.slice(30))
    scanner.inbox.set(bytes(text))
    scanner.begin({}, text.length, 'latin1')
    const { passed: counts, rest } = passed(scanner, text)
    assert.deepEqual(
      [counts.reduce((sum, one) => sum + one, 0), counts.length, rest],
      [
        64,
        1,
        names
          .slice(64)
          .map((name) => `${title(name)}\r\n`)
          .join(''),
      ],
    )
  })
})
