import type { Encoding } from '../../src/util/text.ts'
import { Intake } from '../../src/wire/intake.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import type { Origin } from '../../src/wire/origin.ts'

/** What the messages of a client of its own come with. */
export function testOrigin(encoding: Encoding = 'utf8', source = 'pbx'): Origin {
  return { intake: new Intake(source, encoding, defaultLimits.held), epoch: 1, receivedAt: 0 }
}
