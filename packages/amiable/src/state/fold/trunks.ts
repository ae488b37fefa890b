import type { Trunk } from '../records.ts'
import { renewed } from '../same.ts'
import { type Told, text } from '../told.ts'
import { type Fold, Rows } from './fold.ts'

/**
 * The fold of registrations with others. The event Registry does not name a registration of PJSIP: it has its client's
 * and its server's URI (res/res_pjsip_outbound_registration.c), and of those two registrations can have the same.
 */
export const trunks: Fold = {
  event(pen, told) {
    const username = told.get('Username') ?? ''
    const server = told.get('Domain') ?? ''
    const status = text(told, 'Status')
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
    const records = new Rows(pen, 'trunk')
    return {
      row(told) {
        const facts = technology === 'IAX2' ? iaxFrom(told) : pjsipFrom(told)
        const key = `${technology}/${facts.name}`
        records.add(key, renewed(pen.get('trunk', key), { technology, ...facts }))
      },
      done(slice) {
        const own = [...pen.tables.trunk.records].filter(([, trunk]) => trunk.technology === technology)
        return records.replace(
          slice,
          own.map(([key]) => key),
        )
      },
    }
  },
}

function pjsipFrom(told: Told): Omit<Trunk, 'technology'> {
  return {
    name: text(told, 'ObjectName'),
    username: text(told, 'ClientUri'),
    server: text(told, 'ServerUri'),
    status: text(told, 'Status'),
  }
}

function iaxFrom(told: Told): Omit<Trunk, 'technology'> {
  const username = text(told, 'Username')
  const server = text(told, 'Host')
  return { name: `${username}@${server}`, username, server, status: text(told, 'State') }
}
