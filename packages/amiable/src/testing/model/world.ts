import { Agents } from './agents.ts'
import { Bridges } from './bridges.ts'
import type { Channel } from './channel.ts'
import { ChannelTable } from './channels.ts'
import { Conferences } from './conferences.ts'
import { Core, type CoreOptions } from './core.ts'
import { DeviceStates } from './devices.ts'
import { Dialplan, defaultDialplan } from './dialplan.ts'
import { readFunction, writeFunction } from './functions.ts'
import { Hints } from './hints.ts'
import { LoadedModules } from './modules.ts'
import { Parking } from './parking.ts'
import { PresenceStates } from './presence.ts'
import { type QueueOptions, Queues } from './queues.ts'
import { Registrations } from './registrations.ts'
import { Sounds } from './sounds.ts'
import { customDevice, StateFunctions } from './state-functions.ts'
import { ConfigFiles, Database, type EndpointOptions, Endpoints, Mailboxes, type MailboxOptions } from './stores.ts'
import { substitute } from './substitution.ts'

/** The phone system that the simulator begins with. */
export interface WorldOptions {
  /**
   * The text of an `extensions.conf`. @default a context `default` with echo, wait, quick, busy, q, conf, park, agi and
   * more
   */
  readonly dialplan?: string
  /** Queues by name. @default `support` with two members and `sales` with none */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** PJSIP endpoints by name. @default `ep1` to `ep40`, none registered */
  readonly endpoints?: Readonly<Record<string, EndpointOptions>>
  /** Voicemail boxes by `box@context`. @default 1234 and 1235 */
  readonly mailboxes?: Readonly<Record<string, MailboxOptions>>
  /** Sound files by name, with their length in milliseconds. @default every file, each a second long */
  readonly sounds?: Readonly<Record<string, number>>
  /** Configuration files by name, as text. @default `queues.conf`, `confbridge.conf` and `features.conf` */
  readonly configs?: Readonly<Record<string, string>>
}

const defaultQueues: Readonly<Record<string, QueueOptions>> = {
  support: {
    timeout: 5,
    members: [
      { interface: 'Local/member@default/n', name: 'Agent One' },
      { interface: 'Local/busy@default/n', name: 'Agent Two', penalty: 1 },
    ],
  },
  sales: { strategy: 'rrmemory' },
}

const defaultMailboxes: Readonly<Record<string, MailboxOptions>> = {
  '1234@default': { fullName: 'Example Mailbox', email: 'root@localhost' },
  '1235@default': { fullName: 'Second Mailbox', email: 'root@localhost' },
}

const defaultConfigs: Readonly<Record<string, string>> = {
  'queues.conf':
    '[general]\npersistentmembers = no\n[support]\nstrategy = ringall\ntimeout = 5\njoinempty = yes\n' +
    'member => Local/member@default/n,0,Agent One\nmember => Local/busy@default/n,1,Agent Two\n' +
    '[sales]\nstrategy = rrmemory\njoinempty = yes\n',
  'confbridge.conf': '[general]\n[default_user]\ntype=user\n[default_bridge]\ntype=bridge\n',
  'features.conf': '[general]\n',
  'extensions.conf': '[general]\nstatic=yes\n[globals]\n[default]\nexten => echo,1,Answer()\n',
  'manager.conf': '[general]\nenabled = yes\n',
}

/** The phone system behind the sessions. */
export class World {
  readonly core: Core
  readonly devices: DeviceStates
  readonly bridges: Bridges
  readonly channels: ChannelTable
  readonly dialplan: Dialplan
  readonly queues: Queues
  readonly agents: Agents
  readonly conferences: Conferences
  readonly parking: Parking
  readonly database = new Database()
  readonly endpoints: Endpoints
  readonly registrations: Registrations
  readonly mailboxes = new Mailboxes()
  readonly configs = new ConfigFiles()
  readonly globals: Map<string, string>
  readonly presence: PresenceStates
  readonly hints: Hints
  readonly states: StateFunctions
  #extensions: string
  readonly modules = new LoadedModules()
  /** Whether the boot is over: before, no channel runs dialplan (pbx.c:ast_pbx_start). */
  booted = true
  readonly sounds: Sounds

  constructor(core: CoreOptions, options: WorldOptions) {
    this.core = new Core(core)
    this.devices = new DeviceStates(this.core)
    this.bridges = new Bridges(this.core)
    this.channels = new ChannelTable(this.core, this.devices, this.bridges)
    this.#extensions = options.dialplan ?? defaultDialplan
    this.dialplan = new Dialplan(this.#extensions)
    this.globals = this.dialplan.globals
    this.queues = new Queues(this.core, this.devices, (device) => this.deviceState(device))
    this.agents = new Agents(this.core, this.devices, this.bridges)
    this.agents.define('1001', 'Agent X')
    this.conferences = new Conferences(this.core, this.bridges, this.devices)
    this.parking = new Parking(this.core, this.bridges, this.devices)
    this.parking.define('default', 701, 720, 45)
    this.endpoints = new Endpoints(this.devices)
    this.registrations = new Registrations(this.core)
    for (const [name, queue] of Object.entries(options.queues ?? defaultQueues)) this.queues.define(name, queue)
    for (const [name, box] of Object.entries(options.mailboxes ?? defaultMailboxes)) this.mailboxes.define(name, box)
    for (const [name, text] of Object.entries(options.configs ?? defaultConfigs)) this.configs.define(name, text)
    if (options.endpoints === undefined) for (let n = 1; n <= 40; n++) this.endpoints.define(`ep${n}`)
    for (const [name, endpoint] of Object.entries(options.endpoints ?? {})) this.endpoints.define(name, endpoint)
    this.database.put('pbx', 'UUID', this.core.random.uuid())
    this.sounds = new Sounds(options.sounds)
    this.presence = new PresenceStates(this.core)
    this.states = new StateFunctions(this.devices, this.presence, this.database)
    this.hints = new Hints(this.core, this, (device) => this.deviceState(device))
  }

  /** Returns a device's state: what was set, or for a Local address whether its extension exists. */
  deviceState(device: string): string {
    const custom = customDevice(device)
    const known = this.devices.all.get(custom ?? device)
    // func_devstate.c:custom_devstate_callback knows every name
    if (custom !== undefined) return known ?? 'UNKNOWN'
    const local = /^Local\/([^@]*)@([^/]*)/.exec(device)
    if (known !== undefined || local === null) return known ?? 'INVALID'
    return this.dialplan.step(local[2]!, local[1]!, 1) === undefined ? 'INVALID' : 'NOT_INUSE'
  }

  /** Loads a module, and with it what it reads. */
  load(name: string): void {
    if (name === 'pbx_config' && !this.modules.has(name)) this.dialplan.load(this.#extensions)
    this.modules.add(name)
  }

  /** Unloads a module, and with it what it had read. */
  unload(name: string): void {
    this.modules.delete(name)
    if (name === 'pbx_config')
      for (const context of [...this.dialplan.contexts.keys()]) this.dialplan.removeContext(context)
  }

  setVariable(channel: Channel | undefined, name: string, value: string): void {
    const write = this.states.write(name, value)
    if (write !== undefined) write?.()
    else if (channel !== undefined && isFunction(name)) writeFunction(this, channel, name, value)
    else this.channels.setVariable(channel, name, value, this.globals)
  }

  /** Returns a variable or function; undefined where it is not set. */
  getVariable(channel: Channel | undefined, name: string): string | undefined {
    if (isFunction(name)) return readFunction(this, channel, name)
    return channel?.get(name) ?? this.globals.get(name)
  }

  /** Puts variables into dialplan data with `${…}`. */
  substitute(channel: Channel, text: string): string {
    return text.includes('${') ? substitute(text, (name) => this.getVariable(channel, name)) : text
  }
}

// pbx_variables.c:pbx_builtin_setvar_helper
function isFunction(name: string): boolean {
  return name.endsWith(')') && name.includes('(')
}
