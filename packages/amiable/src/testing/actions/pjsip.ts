import { roundTripOf } from '../model/contacts.ts'
import type { Registration, RegistrationStatus } from '../model/registrations.ts'
import type { Endpoint } from '../model/stores.ts'
import type { World } from '../model/world.ts'
import type { ActionContext, Handlers } from './context.ts'
import { aorDetail, authDetail, endpointDetail, registrationDetail, since16 } from './pjsip-details.ts'

function detail(world: World, lines: readonly string[], endpoint: Endpoint): string {
  let text = ''
  for (const line of lines) {
    if (world.core.version === 16 && since16.has(line.slice(0, line.indexOf(':')))) continue
    text += `${line.replaceAll('@@', endpoint.name)}\r\n`
  }
  return world.core.version === 16 ? text.replace('StirShaken: no\r\n', 'StirShaken: off\r\n') : text
}

function contactOf(endpoint: Endpoint): string {
  return endpoint.contact === '' ? '' : `${endpoint.name}/${endpoint.contact}`
}

function active(world: World, endpoint: Endpoint): number {
  return [...world.channels.all.values()].filter((channel) => channel.device === `PJSIP/${endpoint.name}`).length
}

const stateTexts: Readonly<Record<string, string>> = {
  NOT_INUSE: 'Not in use',
  INUSE: 'In use',
  BUSY: 'Busy',
  RINGING: 'Ringing',
  RINGINUSE: 'Ring+Inuse',
  ONHOLD: 'On Hold',
  UNAVAILABLE: 'Unavailable',
  INVALID: 'Invalid',
}

function stateLines(world: World, endpoint: Endpoint): string {
  const state = stateTexts[world.devices.all.get(`PJSIP/${endpoint.name}`) ?? ''] ?? 'Unknown'
  const count = active(world, endpoint)
  // 16 names the channels, of which there are none
  return `DeviceState: ${state}\r\nActiveChannels: ${world.core.version === 16 && count === 0 ? '' : count}\r\n`
}

function objects(
  start: string,
  event: string,
  complete: string,
  empty: string,
  row: (world: World, endpoint: Endpoint) => string | undefined,
) {
  return ({ reply, world }: ActionContext) => {
    const rows = world.endpoints.sorted().map((endpoint) => row(world, endpoint))
    const found = rows.filter((lines) => lines !== undefined)
    if (found.length === 0 && empty !== '') return reply.error(empty)
    reply.start(start)
    for (const lines of found) reply.item(event, lines)
    reply.complete(complete)
  }
}

function emptyList(start: string, complete: string) {
  return ({ reply }: ActionContext) => {
    reply.start(start)
    reply.complete(complete)
  }
}

function showEndpoint({ action, reply, world }: ActionContext) {
  const name = action.header('Endpoint')
  if (name === '') return reply.error('PJSIPShowEndpoint requires an endpoint name\n')
  const endpoint = world.endpoints.all.get(name)
  if (endpoint === undefined) return reply.error(`Unable to retrieve endpoint ${name}\n`)
  const owner = `EndpointName: ${endpoint.name}\r\n`
  const contact = contactOf(endpoint)
  const contacts = contact === '' ? 0 : 1
  const aor = detail(world, aorDetail, endpoint).replace('Contacts: \r\n', `Contacts: ${contact}\r\n`)
  reply.start('Following are Events for each object associated with the Endpoint')
  reply.item('EndpointDetail', detail(world, endpointDetail, endpoint) + stateLines(world, endpoint))
  reply.item('AuthDetail', detail(world, authDetail, endpoint) + owner)
  reply.item('AorDetail', `${aor}TotalContacts: ${contacts}\r\nContactsRegistered: ${contacts}\r\n${owner}`)
  if (contact !== '') reply.item('ContactStatusDetail', contactStatus(endpoint) + owner)
  reply.complete('EndpointDetailComplete')
}

function reached(endpoint: Endpoint): string {
  return `Status: ${endpoint.status}\r\nRoundtripUsec: ${roundTripOf(endpoint) || 'N/A'}\r\n`
}

function contactStatus(endpoint: Endpoint): string {
  return (
    `AOR: ${endpoint.name}\r\nURI: ${endpoint.contact}\r\nUserAgent: \r\nRegExpire: 0\r\nViaAddress: \r\nCallID: \r\n` +
    reached(endpoint)
  )
}

function showRegistrations({ reply, world }: ActionContext) {
  reply.start('Following are Events for each Outbound registration')
  const all = [...world.registrations.all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const one of all) reply.item('OutboundRegistrationDetail', registrationRow(world, one))
  const Registered = all.filter(({ status }) => status === 'Registered').length
  reply.complete('OutboundRegistrationDetailComplete', { Registered, NotRegistered: all.length - Registered })
}

function registrationRow({ core }: World, { name, server, client, status }: Registration): string {
  const own = `ObjectType: registration\r\nObjectName: ${name}\r\nServerUri: ${server}\r\nClientUri: ${client}\r\n`
  const options = registrationDetail.filter((line) => core.version > 16 || !since16.has(line.split(':', 1)[0] ?? ''))
  const next = status === 'Registered' ? NEXT_REGISTRATION : 0
  return `${own}${options.map((line) => `${line}\r\n`).join('')}Status: ${status}\r\nNextReg: ${next}\r\n`
}

// seconds
const NEXT_REGISTRATION = 60

/** Makes an action that asks the other side of a registration, or of all: it answers each time as given. */
function registers(all: string, one: string, ...answers: readonly RegistrationStatus[]) {
  return ({ action, reply, world }: ActionContext) => {
    const name = action.header('Registration')
    if (name === '') return reply.error('Registration parameter missing.')
    const found = name === '*all' ? [...world.registrations.all.values()] : [world.registrations.all.get(name)]
    if (found.includes(undefined)) return reply.error('Unable to retrieve registration entry\n')
    reply.success(name === '*all' ? all : one)
    for (const answer of answers) {
      for (const registration of found) if (registration) world.registrations.becomes(registration, answer)
    }
  }
}

/** chan_pjsip's objects. */
export const pjsipActions: Handlers = {
  PJSIPShowEndpoints: objects(
    'A listing of Endpoints follows, presented as EndpointList events',
    'EndpointList',
    'EndpointListComplete',
    'No endpoints found\n',
    (world, endpoint) =>
      `ObjectType: endpoint\r\nObjectName: ${endpoint.name}\r\nTransport: \r\nAor: ${endpoint.name}\r\n` +
      `Auths: ${endpoint.name}\r\nOutboundAuths: \r\nContacts: ${contactOf(endpoint)}\r\n${stateLines(world, endpoint)}`,
  ),
  PJSIPShowEndpoint: showEndpoint,
  PJSIPShowAors: objects(
    'A listing of AORs follows, presented as AorList events',
    'AorList',
    'AorListComplete',
    'No AORs found\n',
    (world, endpoint) => detail(world, aorDetail, endpoint),
  ),
  PJSIPShowAuths: objects(
    'A listing of Auths follows, presented as AuthList events',
    'AuthList',
    'AuthListComplete',
    'No Auths found\n',
    (world, endpoint) => detail(world, authDetail, endpoint),
  ),
  PJSIPShowContacts: objects(
    'A listing of Contacts follows, presented as ContactList events',
    'ContactList',
    'ContactListComplete',
    'No Contacts found\n',
    (_, endpoint) =>
      endpoint.contact === ''
        ? undefined
        : `ObjectType: contact\r\nObjectName: ${endpoint.name}@@${endpoint.name}\r\nUri: ${endpoint.contact}\r\n` +
          `Endpoint: ${endpoint.name}\r\n${reached(endpoint)}`,
  ),
  PJSIPShowRegistrationsInbound: objects(
    'Following are Events for each Inbound registration',
    'InboundRegistrationDetail',
    'InboundRegistrationDetailComplete',
    '',
    (world, endpoint) =>
      `${detail(world, aorDetail, endpoint).replace('Contacts: \r\n', 'Contact: \r\n')}Contacts: ${contactOf(endpoint)}\r\n`,
  ),
  PJSIPShowRegistrationsOutbound: showRegistrations,
  PJSIPShowRegistrationInboundContactStatuses: objects(
    'Following are ContactStatusEvents for each Inbound registration',
    'ContactStatusDetail',
    'ContactStatusDetailComplete',
    '',
    (_, endpoint) => (endpoint.contact === '' ? undefined : contactStatus(endpoint)),
  ),
  PJSIPShowResourceLists({ reply }) {
    reply.error('No resource lists found\n')
  },
  PJSIPShowSubscriptionsInbound: emptyList(
    'Following are Events for each inbound Subscription',
    'InboundSubscriptionDetailComplete',
  ),
  PJSIPShowSubscriptionsOutbound: emptyList(
    'Following are Events for each outbound Subscription',
    'OutboundSubscriptionDetailComplete',
  ),
  PJSIPShowMaintenance: emptyList('Maintenance status events follow', 'PJSIPMaintenanceStatusComplete'),
  PJSIPSetMaintenance({ action, reply, world }) {
    const name = action.header('Endpoint')
    if (name === '') return reply.error('Endpoint parameter missing.')
    if (!world.endpoints.all.has(name)) return reply.error('Unable to retrieve endpoint\n')
    reply.success('Maintenance mode set')
  },
  PJSIPQualify({ action, reply, world }) {
    const name = action.header('Endpoint')
    if (name === '') return reply.error('Endpoint parameter missing.')
    if (!world.endpoints.all.has(name)) return reply.error('Unable to retrieve endpoint\n')
    reply.success('Endpoint found, will qualify')
  },
  // it is unregistered first (res_pjsip_outbound_registration.c:ami_register)
  PJSIPRegister: registers('Reregistrations queued.', 'Reregistration sent', 'Unregistered', 'Registered'),
  PJSIPUnregister: registers('Unregistrations queued.', 'Unregistration sent', 'Unregistered'),
}
