import type { Contact, ContactStatus } from '../records.ts'
import { renewed } from '../same.ts'
import { count, kept, perhaps, type Told, text } from '../told.ts'
import { aorsOf } from './endpoints.ts'
import { type Draft, type Fold, type Pen, Rows } from './fold.ts'

/**
 * The fold of contacts. PJSIPShowContacts does not know those of the configuration (`contact=` of an AOR, so most
 * trunks); PJSIPShowEndpoints names every one, and says nothing else of it.
 */
export const contacts: Fold = {
  event(pen, told) {
    const key = keyOf(text(told, 'AOR'), text(told, 'URI'))
    const status = told.get('ContactStatus') ?? ''
    if (status === 'Removed') pen.remove('contact', key)
    else pen.put('contact', key, contactFrom(told, pen.get('contact', key)))
  },
  list(pen, gap, _key, action) {
    return action === 'PJSIPShowContacts' ? registered(pen) : all(pen, gap)
  },
}

function all(pen: Pen, gap: boolean): Draft {
  const records = new Rows(pen, 'contact')
  return {
    row(told) {
      const endpoint = text(told, 'ObjectName')
      for (const [aor, uri] of contactsOf(told)) {
        const key = keyOf(aor, uri)
        const before = pen.get('contact', key)
        // only events say it of a contact that is configured
        const known = gap ? undefined : before
        const { status = 'Unknown', roundTrip } = known ?? {}
        records.add(key, renewed(before, { ...(before ?? NOTHING), endpoint, aor, uri, status, roundTrip }))
      }
    },
    done: (slice) => records.replace(slice),
  }
}

function registered(pen: Pen): Draft {
  const records = new Rows(pen, 'contact')
  return {
    row(told) {
      const aor = aorOf(text(told, 'ObjectName'))
      const uri = text(told, 'Uri')
      const key = keyOf(aor, uri)
      const before = pen.get('contact', key)
      const seconds = count(told, 'ExpirationTime')
      const address = perhaps(told, 'ViaAddr') ?? perhaps(told, 'ViaAddress')
      const port = perhaps(told, 'ViaPort')
      const after = {
        endpoint: perhaps(told, 'Endpoint', before?.endpoint) ?? before?.endpoint ?? '',
        aor,
        uri,
        status: statusOf(told.get('Status')),
        roundTrip: roundTripOf(told),
        userAgent: perhaps(told, 'UserAgent', before?.userAgent),
        via: address === undefined || port === undefined ? address : `${address}:${port}`,
        expiresAt: seconds > 0 ? pen.ours(seconds) : undefined,
      }
      records.add(key, renewed(before, after))
    },
    // those of the configuration are not among them
    done: (slice) => records.replace(slice, []),
  }
}

const NOTHING = { userAgent: undefined, via: undefined, expiresAt: undefined }

function contactFrom(told: Told, before: Contact | undefined): Contact {
  return renewed(before, {
    ...(before ?? NOTHING),
    endpoint: text(told, 'EndpointName', before?.endpoint),
    aor: text(told, 'AOR', before?.aor),
    uri: text(told, 'URI', before?.uri),
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
  const aors = new Set(aorsOf(told))
  const found: [aor: string, uri: string][] = []
  for (const piece of (told.get('Contacts') ?? '').split(',')) {
    const aor = aorBefore(piece, aors)
    const last = found.at(-1)
    if (aor !== undefined) found.push([aor, kept(undefined, piece.slice(aor.length + 1))])
    else if (last !== undefined && piece !== '') last[1] = kept(undefined, `${last[1]},${piece}`)
  }
  return found
}

// the name of an AOR can have a slash too, but not many
const SLASHES = 4

function aorBefore(piece: string, aors: ReadonlySet<string>): string | undefined {
  let at = -1
  for (let tried = 0; tried < SLASHES; tried++) {
    at = piece.indexOf('/', at + 1)
    if (at === -1) return undefined
    const aor = piece.slice(0, at)
    if (aors.has(aor)) return aor
  }
  return undefined
}

function keyOf(aor: string, uri: string): string {
  return `${aor}/${uri}`
}
