import { test } from 'node:test'
import { flood } from '../support/flood.ts'

test('a million calls over Local channels leave nothing behind but what options keep', () => flood(1_000_000))
