import { toWire } from '../protocol/byte-text.ts'
import type { Core } from './core.ts'

/** How an outbound registration stands (res_pjsip_outbound_registration.c:sip_outbound_registration_status_str). */
export type RegistrationStatus = 'Registered' | 'Unregistered' | 'Rejected'

/** The options of an outbound registration. */
export interface RegistrationOptions {
  /** The URI that it registers with. @default `sip:` and its name */
  readonly server?: string
  /** The URI that it registers. @default the simulator's own at that server */
  readonly client?: string
  /** @default 'Registered' */
  readonly status?: RegistrationStatus
}

/** One outbound registration. */
export interface Registration {
  readonly name: string
  server: string
  client: string
  status: RegistrationStatus
}

/** The registrations with others (res_pjsip_outbound_registration). */
export class Registrations {
  readonly all = new Map<string, Registration>()
  #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** Adds a registration, or changes it, and reports how it stands. */
  define(name: string, options: RegistrationOptions = {}): void {
    const known = this.all.get(toWire(name))
    const server = options.server ?? `sip:${name}`
    const registration: Registration = known ?? {
      name: toWire(name),
      server: toWire(server),
      client: toWire(options.client ?? server.replace(':', ':asterisk@')),
      status: 'Unregistered',
    }
    if (options.server !== undefined) registration.server = toWire(options.server)
    if (options.client !== undefined) registration.client = toWire(options.client)
    this.all.set(registration.name, registration)
    this.becomes(registration, options.status ?? 'Registered')
  }

  /** Takes the answer of the other side: each is reported, changed or not (handle_registration_response). */
  becomes(registration: Registration, status: RegistrationStatus): void {
    registration.status = status
    const { client, server } = registration
    const lines = `ChannelType: PJSIP\r\nUsername: ${client}\r\nDomain: ${server}\r\nStatus: ${status}\r\n`
    this.#core.emit('Registry', lines)
  }
}
