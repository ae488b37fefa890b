// Objects of PJSIP that no other test needs, so that the rows about them can be compared with the catalog.
import { type Client, updateConfig } from 'amiable'

const FILE = 'pjsip.conf'
const MODULES = ['res_pjsip.so', 'res_pjsip_outbound_registration.so', 'res_pjsip_endpoint_identifier_ip.so']
const NOBODY = 'sip:127.0.0.1:9'

/** Their options are those that a row has only where they are set. */
const OBJECTS: Readonly<Record<string, readonly (readonly [name: string, value: string])[]>> = {
  'seen-endpoint': [
    ['type', 'endpoint'],
    ['transport', 'transport-udp'],
    ['aors', 'seen-aor'],
    ['auth', 'seen-auth'],
    ['outbound_auth', 'seen-auth'],
    ['contact_user', 'bob'],
    ['set_var', 'A=1'],
    ['deny', '10.0.0.0/8'],
    ['permit', '10.0.0.1'],
    ['callerid', '"Bob" <123>'],
  ],
  'seen-aor': [
    ['type', 'aor'],
    ['contact', NOBODY],
    ['qualify_frequency', '60'],
  ],
  'seen-auth': [
    ['type', 'auth'],
    ['username', 'seen'],
    ['password', 'x'],
  ],
  'seen-identify': [
    ['type', 'identify'],
    ['endpoint', 'seen-endpoint'],
    ['match', '127.0.0.9'],
  ],
  'seen-registration': [
    ['type', 'registration'],
    ['server_uri', NOBODY],
    ['client_uri', 'sip:seen@127.0.0.1'],
    ['outbound_auth', 'seen-auth'],
    ['line', 'yes'],
    ['endpoint', 'seen-endpoint'],
    ['contact_user', 'seen'],
  ],
  'seen-list': [
    ['type', 'resource_list'],
    ['event', 'presence'],
    ['list_item', 'ep1'],
  ],
}

/** What shows them. */
export const shows = [
  ['PJSIPShowEndpoint', { Endpoint: 'seen-endpoint' }],
  ['PJSIPShowEndpoints', {}],
  ['PJSIPShowAors', {}],
  ['PJSIPShowAuths', {}],
  ['PJSIPShowRegistrationsInbound', {}],
  ['PJSIPShowRegistrationsOutbound', {}],
  ['PJSIPShowResourceLists', {}],
] as const

/** Gives a server of ours these objects for as long as `body` runs. */
export async function withPjsipObjects(ami: Client, body: () => Promise<void>): Promise<void> {
  for (const [category, lines] of Object.entries(OBJECTS)) {
    await updateConfig(ami, FILE, [
      { change: 'newCategory', category },
      ...lines.map(([name, value]) => ({ change: 'append', category, name, value }) as const),
    ])
  }
  try {
    await reload(ami)
    await body()
  } finally {
    const categories = Object.keys(OBJECTS)
    await updateConfig(
      ami,
      FILE,
      categories.map((category) => ({ change: 'deleteCategory', category }) as const),
    )
    await reload(ami)
  }
}

async function reload(ami: Client): Promise<void> {
  for (const module of MODULES) await ami.command(`module reload ${module}`)
}
