// The part of a history that is about states: what they are, what is told of them, and what lists say.
import { type Headers, sorted, type Tape } from './messages.ts'

type Publish = (name: string, headers: Headers, way?: 'A' | 'B') => void
type Row = { name: string; headers: Headers }

/** Devices, agents, presences, endpoints and their contacts, trunks, mailboxes. */
export class HistoryOfStates {
  readonly devices = new Map([
    ['PJSIP/ep1', 'NOT_INUSE'],
    ['PJSIP/ep2', 'NOT_INUSE'],
  ])
  readonly agents = new Map([
    ['1001', ''],
    ['1002', ''],
  ])
  readonly presences = new Map<string, { state: string; message: string }>()
  /** By `aor/uri`; those of the configuration are there from the beginning. */
  readonly contacts = new Map([['ep1/sip:configured@a,b', 'Unknown']])
  readonly trunks = new Map([
    ['PJSIP provider', 'Unregistered'],
    ['IAX2 me', 'Unregistered'],
  ])
  readonly mailboxes = new Map([['1234@default', { new: 0, old: 0 }]])
  #tape: Tape
  #publish: Publish

  constructor(tape: Tape, publish: Publish) {
    this.#tape = tape
    this.#publish = publish
  }

  /** Something happens. */
  happen(channels: readonly string[]): void {
    const what = this.#tape.below(6)
    if (what === 0) this.#device()
    else if (what === 1) this.#agent(this.#tape.pick(channels))
    else if (what === 2) this.#presence()
    else if (what === 3) this.#contact()
    else if (what === 4) this.#trunk()
    else this.#mailbox()
  }

  /** The rows of a list, as they are now. */
  rows(action: string): Row[] | 'empty' {
    const rows = (name: string, all: Headers[]) => all.map((headers) => ({ name, headers }))
    switch (action) {
      case 'DeviceStateList':
        return rows(
          'DeviceStateChange',
          [...this.devices].map(([Device, State]) => ({ Device, State })),
        )
      case 'Agents':
        return rows(
          'Agents',
          [...this.agents].map(
            ([Agent, Uniqueid]): Headers =>
              Uniqueid === ''
                ? { Agent, Status: 'AGENT_LOGGEDOFF' }
                : { Agent, Status: 'AGENT_IDLE', Uniqueid, LoggedInTime: '1000000000' },
          ),
        )
      case 'PresenceStateList':
        return rows(
          'PresenceStateChange',
          [...this.presences].map(([name, one]) => presenceHeaders(name, one)),
        )
      case 'PJSIPShowEndpoints':
        return rows(
          'EndpointList',
          ['ep1', 'ep2'].map((name) => this.#endpoint(name)),
        )
      case 'PJSIPShowContacts': {
        const registered = [...this.contacts].filter(([key]) => !key.includes('configured'))
        if (registered.length === 0) return 'empty'
        return rows(
          'ContactList',
          registered.map(([key, Status]) => {
            const [aor = '', Uri = ''] = key.split('/')
            return { ObjectName: `${aor};@1234`, Uri, Endpoint: aor, Status, UserAgent: 'phone' }
          }),
        )
      }
      case 'PJSIPShowRegistrationsOutbound':
        return rows('OutboundRegistrationDetail', [
          { ...PROVIDER, ObjectName: 'provider', Status: this.trunks.get('PJSIP provider') ?? '' },
        ])
      case 'IAXregistry':
        return rows('RegistryEntry', [
          { Host: '192.0.2.1:4569', Username: 'me', State: this.trunks.get('IAX2 me') ?? '' },
        ])
      case 'VoicemailUsersList':
        return rows(
          'VoicemailUserEntry',
          [...this.mailboxes].map(([key, one]) => {
            const [VoiceMailbox = '', VMContext = ''] = key.split('@')
            return { VoiceMailbox, VMContext, NewMessageCount: String(one.new), OldMessageCount: String(one.old) }
          }),
        )
      default:
        return []
    }
  }

  /** What every strong fact is. */
  truth(): Record<string, unknown> {
    const contacts = [...this.contacts].map(([key, status]) => [...key.split('/'), status])
    return {
      devices: sorted([...this.devices]),
      agents: sorted([...this.agents].map(([id, channel]) => [id, channel, channel !== ''])),
      presence: sorted([...this.presences].map(([name, { state, message }]) => [name, state, message])),
      endpoints: sorted(['ep1', 'ep2'].map((name) => [name, this.devices.get(`PJSIP/${name}`)])),
      contacts: sorted(contacts.map(([aor, uri]) => [aor, uri])),
      registered: sorted(contacts.filter(([, uri]) => !uri?.includes('configured'))),
      trunks: sorted([
        ['PJSIP', 'provider', this.trunks.get('PJSIP provider')],
        ['IAX2', 'me@192.0.2.1:4569', this.trunks.get('IAX2 me')],
      ]),
      mailboxes: sorted([...this.mailboxes].map(([key, one]) => [key, one.new, one.old])),
    }
  }

  #device(): void {
    const name = this.#tape.pick(['SIP/1', 'SIP/2', 'PJSIP/ep1', 'PJSIP/ep2']) ?? ''
    const state = this.#tape.pick(['INUSE', 'NOT_INUSE', 'RINGING']) ?? ''
    this.devices.set(name, state)
    this.#publish('DeviceStateChange', { Device: name, State: state })
  }

  #agent(channel = ''): void {
    const id = this.#tape.pick([...this.agents.keys()]) ?? ''
    const before = this.agents.get(id) ?? ''
    const isFree = channel !== '' && ![...this.agents.values()].includes(channel)
    if (before === '' && !isFree) return
    this.agents.set(id, before === '' ? channel : '')
    this.#publish(before === '' ? 'AgentLogin' : 'AgentLogoff', { Agent: id, Uniqueid: before || channel })
  }

  #presence(): void {
    const name = `CustomPresence:${this.#tape.below(2)}`
    const presence = {
      state: this.#tape.pick(['away', 'dnd', 'available']) ?? '',
      message: String(this.#tape.below(3)),
    }
    this.presences.set(name, presence)
    this.#publish('PresenceStateChange', presenceHeaders(name, presence))
  }

  /** A phone registers, answers or not, and is gone. Its events come through a router of their own. */
  #contact(): void {
    const aor = this.#tape.pick(['ep1', 'ep2']) ?? ''
    const key = this.#tape.below(4) === 0 ? 'ep1/sip:configured@a,b' : `${aor}/sip:${this.#tape.below(2)}`
    const isThere = this.contacts.has(key)
    const isGone = isThere && !key.includes('configured') && this.#tape.below(3) === 0
    const status = isGone ? 'Removed' : isThere ? (this.#tape.pick(['Reachable', 'Unreachable']) ?? '') : 'NonQualified'
    if (isGone) this.contacts.delete(key)
    else this.contacts.set(key, status)
    const [AOR = '', URI = ''] = key.split('/')
    this.#publish('ContactStatus', { AOR, URI, EndpointName: AOR, ContactStatus: status }, 'B')
  }

  #trunk(): void {
    const key = this.#tape.pick([...this.trunks.keys()]) ?? ''
    const status = this.#tape.pick(['Registered', 'Unregistered', 'Rejected']) ?? ''
    this.trunks.set(key, status)
    const who = key === 'IAX2 me' ? ['me', '192.0.2.1:4569'] : [PROVIDER.ClientUri, PROVIDER.ServerUri]
    const [Username = '', Domain = ''] = who
    this.#publish('Registry', { ChannelType: key.split(' ')[0] ?? '', Username, Domain, Status: status })
  }

  #mailbox(): void {
    const counts = { new: this.#tape.below(3), old: this.#tape.below(3) }
    const key = this.#tape.below(4) === 0 ? 'elsewhere@default' : '1234@default'
    if (this.mailboxes.has(key)) this.mailboxes.set(key, counts)
    this.#publish('MessageWaiting', { Mailbox: key, New: String(counts.new), Old: String(counts.old) })
  }

  #endpoint(name: string): Headers {
    const contacts = [...this.contacts.keys()].filter((key) => key.startsWith(`${name}/`))
    return {
      ObjectName: name,
      Aor: name,
      Contacts: contacts.map((contact) => `${contact},`).join(''),
      DeviceState: TEXTS[this.devices.get(`PJSIP/${name}`) ?? ''] ?? '',
    }
  }
}

const PROVIDER = { ClientUri: 'sip:me@example', ServerUri: 'sip:example' }
const TEXTS: Readonly<Record<string, string>> = { INUSE: 'In use', NOT_INUSE: 'Not in use', RINGING: 'Ringing' }

function presenceHeaders(name: string, { state, message }: { state: string; message: string }): Headers {
  return { Presentity: name, Status: state, Subtype: '', Message: message }
}
