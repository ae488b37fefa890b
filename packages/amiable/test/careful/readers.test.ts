// What reads bytes and messages once more, where there is no scanner.
import '../support/without-webassembly.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canScan } from '../support/scan.ts'
import '../wire/decoder.test.ts'
import '../wire/decoder-limits.test.ts'
import '../wire/decoder.prop.test.ts'
import '../wire/message.test.ts'
import '../wire/message-as-object.test.ts'
import '../wire/odd-lines.test.ts'
import '../wire/agents-row.test.ts'
import '../wire/peek.test.ts'

test('there is no scanner here', () => assert.equal(canScan, false))
