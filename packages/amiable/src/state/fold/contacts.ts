import type { Contact, ContactStatus } from '../records.ts'
import { renewed } from '../same.ts'
import { count, known, type Told } from '../told.ts'
import { aorsOf } from './endpoints.ts'
import { type Draft, type Fold, type Pen, replace } from './fold.ts'

/**
 * The fold of contacts. PJSIPShowContacts does not know those of the configuration (`contact=` of an AOR, so most
 * trunks); PJSIPShowEndpoints names every one, and says nothing else of it.
 */
export const contacts: Fold = {
  event(pen, told) {
    const key = keyOf(told.get('AOR') ?? '', told.get('URI') ?? '')
    const status = told.get('ContactStatus') ?? ''
    if (status === 'Removed') pen.remove('contact', key)
    else if (pen.keeps('contact', key, key)) pen.put('contact', key, contactFrom(told, pen.get('contact', key)))
  },
  list(pen, gap, _key, action) {
    return action === 'PJSIPShowContacts' ? registered(pen) : all(pen, gap)
  },
}

function all(pen: Pen, gap: boolean): Draft {
  const records = new Map<string, Contact>()
  return {
    row(told) {
      const endpoint = told.get('ObjectName') ?? ''
      for (const [aor, uri] of contactsOf(told)) {
        const key = keyOf(aor, uri)
        const before = pen.get('contact', key)
        if (!pen.keeps('contact', key, key)) continue
        // only events say it of a contact that is configured
        const known = gap ? undefined : before
        const { status = 'Unknown', roundTrip } = known ?? {}
        records.set(key, renewed(before, { ...(before ?? NOTHING), endpoint, aor, uri, status, roundTrip }))
      }
    },
    done: () => replace(pen, 'contact', records),
  }
}

function registered(pen: Pen): Draft {
  const rows: Told[] = []
  return {
    row: (told) => void rows.push(told),
    done() {
      for (const told of rows) {
        const aor = aorOf(told.get('ObjectName') ?? '')
        const uri = told.get('Uri') ?? ''
        const key = keyOf(aor, uri)
        const before = pen.get('contact', key)
        if (!pen.keeps('contact', key, key)) continue
        const seconds = count(told, 'ExpirationTime')
        const address = known(told.get('ViaAddr') ?? told.get('ViaAddress'))
        const port = known(told.get('ViaPort'))
        const after = {
          endpoint: known(told.get('Endpoint')) ?? before?.endpoint ?? '',
          aor,
          uri,
          status: statusOf(told.get('Status')),
          roundTrip: roundTripOf(told),
          userAgent: known(told.get('UserAgent')),
          via: address === undefined || port === undefined ? address : `${address}:${port}`,
          expiresAt: seconds > 0 ? pen.ours(seconds) : undefined,
        }
        pen.put('contact', key, renewed(before, after))
      }
    },
  }
}

const NOTHING = { userAgent: undefined, via: undefined, expiresAt: undefined }

function contactFrom(told: Told, before: Contact | undefined): Contact {
  return renewed(before, {
    ...(before ?? NOTHING),
    endpoint: told.get('EndpointName') ?? '',
    aor: told.get('AOR') ?? '',
    uri: told.get('URI') ?? '',
    status: statusOf(told.get('ContactStatus')),
    roundTrip: roundTripOf(told),
  })
}

const STATUSES: ReadonlySet<string> = new Set(['Reachable', 'Unreachable', 'NonQualified'])

function statusOf(said = ''): ContactStatus {
  return STATUSES.has(said) ? (said as ContactStatus) : 'Unknown'
}

function roundTripOf(told: Told): number | undefined {
  const microseconds = count(told, 'RoundtripUsec')
  return microseconds > 0 ? microseconds / 1_000 : undefined
}

// `aor;@hash` (res/res_pjsip_registrar.c), and with `@@` where it was configured (res/res_pjsip/location.c)
function aorOf(objectName: string): string {
  const end = objectName.search(/;@|@@/)
  return end < 0 ? objectName : objectName.slice(0, end)
}

/** Reads `Contacts`, such as `aor/uri,aor/uri,`; a comma can stand in a URI too. */
function contactsOf(told: Told): (readonly [aor: string, uri: string])[] {
  const aors = aorsOf(told)
  const found: [aor: string, uri: string][] = []
  for (const piece of (told.get('Contacts') ?? '').split(',')) {
    const aor = aors.find((one) => piece.startsWith(`${one}/`))
    const last = found.at(-1)
    if (aor !== undefined) found.push([aor, piece.slice(aor.length + 1)])
    else if (last !== undefined && piece !== '') last[1] += `,${piece}`
  }
  return found
}

function keyOf(aor: string, uri: string): string {
  return `${aor}/${uri}`
}
