import type { Trunk } from '../records.ts'
import { renewed } from '../same.ts'
import type { Told } from '../told.ts'
import { type Fold, replace } from './fold.ts'

/**
 * The fold of registrations with others. The event Registry does not name a registration of PJSIP: it has its client's
 * and its server's URI (res/res_pjsip_outbound_registration.c), and of those two registrations can have the same.
 */
export const trunks: Fold = {
  event(pen, told) {
    const username = told.get('Username') ?? ''
    const server = told.get('Domain') ?? ''
    const status = told.get('Status') ?? ''
    let isKnown = false
    for (const [key, trunk] of pen.tables.trunk.records) {
      if (trunk.technology !== told.get('ChannelType') || trunk.username !== username || trunk.server !== server)
        continue
      isKnown = true
      pen.put('trunk', key, renewed(trunk, { ...trunk, status }))
    }
    if (!isKnown) pen.again('trunks')
  },
  list(pen, _gap, _key, action) {
    const technology = action === 'IAXregistry' ? 'IAX2' : 'PJSIP'
    const records = new Map<string, Trunk>()
    return {
      row(told) {
        const facts = technology === 'IAX2' ? iaxFrom(told) : pjsipFrom(told)
        const key = `${technology}/${facts.name}`
        if (pen.keeps('trunk', key, key)) records.set(key, renewed(pen.get('trunk', key), { technology, ...facts }))
      },
      done() {
        const own = [...pen.tables.trunk.records].filter(([, trunk]) => trunk.technology === technology)
        replace(
          pen,
          'trunk',
          records,
          own.map(([key]) => key),
        )
      },
    }
  },
}

function pjsipFrom(told: Told): Omit<Trunk, 'technology'> {
  return {
    name: told.get('ObjectName') ?? '',
    username: told.get('ClientUri') ?? '',
    server: told.get('ServerUri') ?? '',
    status: told.get('Status') ?? '',
  }
}

function iaxFrom(told: Told): Omit<Trunk, 'technology'> {
  const username = told.get('Username') ?? ''
  const server = told.get('Host') ?? ''
  return { name: `${username}@${server}`, username, server, status: told.get('State') ?? '' }
}
