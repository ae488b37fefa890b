/** A module that is not in Asterisk's core, and what it brings. */
export interface Module {
  readonly name: string
  readonly actions?: readonly string[]
  readonly applications?: readonly string[]
  /** The technology whose channel driver it is, in small letters. */
  readonly technology?: string
  /** Its actions are there before it runs; who asks for one meanwhile is denied and sent away. */
  readonly slow?: true
}

/**
 * What `autoload = yes` brings, in the order in which a boot loads it: by load priority, and then as main/loader.c sorts
 * (seen on Asterisk 22.10 and 16.28). Actions stand by where they are registered.
 */
export const modules: readonly Module[] = [
  {
    name: 'res_pjsip',
    slow: true,
    actions: words(`PJSIPQualify PJSIPShowAors PJSIPShowAuths PJSIPShowContacts PJSIPShowEndpoint PJSIPShowEndpoints`),
  },
  { name: 'res_pjsip_outbound_registration', actions: words('PJSIPRegister PJSIPUnregister') },
  {
    name: 'res_pjsip_registrar',
    actions: words(`PJSIPShowRegistrationsInbound PJSIPShowRegistrationInboundContactStatuses
      PJSIPShowRegistrationsOutbound`),
  },
  {
    name: 'res_pjsip_pubsub',
    actions: words('PJSIPShowResourceLists PJSIPShowSubscriptionsInbound PJSIPShowSubscriptionsOutbound'),
  },
  { name: 'res_pjsip_maintenance', actions: words('PJSIPSetMaintenance PJSIPShowMaintenance') },
  {
    name: 'res_sorcery_memory_cache',
    actions: words(`SorceryMemoryCacheExpire SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate
      SorceryMemoryCacheStale SorceryMemoryCacheStaleObject`),
  },
  { name: 'res_monitor', actions: words('Monitor StopMonitor ChangeMonitor PauseMonitor UnpauseMonitor') },
  { name: 'res_agi', actions: words('AGI'), applications: ['AGI', 'DeadAGI', 'EAGI'] },
  { name: 'app_stack', applications: ['Gosub', 'Return'] },
  { name: 'res_fax', actions: words('FAXSession FAXSessions FAXStats') },
  { name: 'res_mutestream', actions: words('MuteAudio') },
  { name: 'res_xmpp', actions: words('JabberSend') },
  { name: 'res_parking', actions: words('Park ParkedCalls Parkinglots'), applications: ['Park', 'ParkAndAnnounce'] },
  { name: 'chan_pjsip', technology: 'pjsip', actions: words('PJSIPHangup') },
  {
    name: 'chan_iax2',
    technology: 'iax2',
    actions: words('IAXnetstats IAXpeerlist IAXpeers IAXregistry'),
  },
  { name: 'chan_sip', technology: 'sip' },
  { name: 'chan_dahdi', technology: 'dahdi' },
  { name: 'chan_skinny', actions: words('SKINNYdevices SKINNYlines SKINNYshowdevice SKINNYshowline') },
  { name: 'func_module' },
  { name: 'app_dial', applications: ['Dial'] },
  { name: 'app_agent_pool', actions: words('AgentLogoff Agents'), applications: ['AgentLogin', 'AgentRequest'] },
  {
    name: 'app_confbridge',
    applications: ['ConfBridge'],
    actions: words(`ConfbridgeKick ConfbridgeList ConfbridgeListRooms ConfbridgeLock ConfbridgeMute
      ConfbridgeSetSingleVideoSrc ConfbridgeStartRecord ConfbridgeStopRecord ConfbridgeUnlock ConfbridgeUnmute`),
  },
  { name: 'app_meetme', actions: words('MeetmeList MeetmeListRooms') },
  {
    name: 'app_voicemail',
    actions: words(`VoicemailBoxSummary VoicemailForward VoicemailMove VoicemailRefresh VoicemailRemove
      VoicemailUserStatus VoicemailUsersList`),
  },
  { name: 'app_controlplayback', actions: words('ControlPlayback') },
  { name: 'app_mixmonitor', actions: words('MixMonitor MixMonitorMute StopMixMonitor') },
  { name: 'app_mf', actions: words('PlayMF') },
  { name: 'app_senddtmf', actions: words('PlayDTMF SendFlash') },
  { name: 'pbx_config', actions: words('DialplanExtensionAdd DialplanExtensionRemove') },
  { name: 'res_manager_devicestate', actions: words('DeviceStateList') },
  { name: 'res_manager_presencestate', actions: words('PresenceStateList') },
  {
    name: 'app_queue',
    applications: ['Queue'],
    actions: words(`QueueAdd QueueChangePriorityCaller QueueLog QueueMemberRingInUse QueuePause QueuePenalty QueueReload
      QueueRemove QueueReset QueueRule QueueStatus QueueSummary QueueWithdrawCaller`),
  },
]

function words(text: string): string[] {
  return text.split(/\s+/)
}

function index(entries: (module: Module) => readonly string[]): ReadonlyMap<string, Module> {
  return new Map(modules.flatMap((module) => entries(module).map((name) => [name.toLowerCase(), module] as const)))
}

const byAction = index(({ actions }) => actions ?? [])
const byApplication = index(({ applications }) => applications ?? [])
const byTechnology = index(({ technology }) => (technology ? [technology] : []))

/** Which modules of a server run, and which are being started. */
export class LoadedModules {
  readonly #running = new Set(modules.map(({ name }) => name))
  #starting: string | undefined

  /** Whether a module runs; `.so` may stand behind its name. */
  has(name: string): boolean {
    return this.#running.has(plain(name))
  }

  add(name: string): void {
    this.#running.add(plain(name))
    if (this.#starting === plain(name)) this.#starting = undefined
  }

  delete(name: string): void {
    this.#running.delete(plain(name))
  }

  /** Begins to load a module: from now on until it is added, its actions are there and denied. */
  start(name: string): void {
    this.#starting = name
  }

  /** Returns what the action of this name is: core actions always are there. */
  action(name: string): 'there' | 'denied' | 'unknown' {
    const module = byAction.get(name.toLowerCase())
    if (module === undefined || this.#running.has(module.name)) return 'there'
    return module.slow && this.#starting === module.name ? 'denied' : 'unknown'
  }

  hasApplication(name: string): boolean {
    return this.#has(byApplication.get(name.toLowerCase()))
  }

  hasTechnology(name: string): boolean {
    return this.#has(byTechnology.get(name.toLowerCase()))
  }

  #has(module: Module | undefined): boolean {
    return module === undefined || this.#running.has(module.name)
  }
}

function plain(name: string): string {
  return name.replace(/\.so$/, '')
}
