// Who somebody is, and what he may do.
import type { UserConfig } from '../config/schema.ts'
import type { Reach, Role } from '../protocol/person.ts'
import type { Verb } from '../protocol/verbs.ts'
import type { OwnDevice, ViewSpec } from '../views/look.ts'
import { EVERYTHING, type Scope } from '../views/scope.ts'

/** Somebody who asks. */
export interface Person {
  readonly name: string
  readonly role: Role
  readonly scope: Scope
  readonly device: OwnDevice | undefined
  readonly masked: boolean
  /** The board of a display: it shows that one, and those of its rotation. */
  readonly board: string | undefined
}

const VERBS: Readonly<Record<Verb, readonly [agent: Reach, supervisor: Reach, admin: Reach]>> = {
  pause: ['own', 'scope', 'scope'],
  unpause: ['own', 'scope', 'scope'],
  login: ['own', 'scope', 'scope'],
  logout: ['own', 'scope', 'scope'],
  penalty: ['never', 'scope', 'scope'],
  hangup: ['own', 'scope', 'scope'],
  transfer: ['own', 'scope', 'scope'],
  park: ['own', 'scope', 'scope'],
  pick: ['scope', 'scope', 'scope'],
  listen: ['never', 'scope', 'scope'],
  whisper: ['never', 'scope', 'scope'],
  barge: ['never', 'scope', 'scope'],
  dial: ['own', 'scope', 'scope'],
  priority: ['never', 'scope', 'scope'],
  withdraw: ['never', 'scope', 'scope'],
  redirect: ['never', 'scope', 'scope'],
  mute: ['own', 'scope', 'scope'],
  unmute: ['own', 'scope', 'scope'],
  kick: ['own', 'scope', 'scope'],
  lock: ['own', 'scope', 'scope'],
  unlock: ['own', 'scope', 'scope'],
  resetStatistics: ['never', 'never', 'scope'],
  reloadQueues: ['never', 'never', 'scope'],
}

/** The names of the verbs. */
export const VERB_NAMES = Object.keys(VERBS) as readonly Verb[]

/** Verbs that make one's own phone ring. */
export const NEEDS_DEVICE: ReadonlySet<Verb> = new Set(['pick', 'listen', 'whisper', 'barge', 'dial'])

/** Says how far somebody may use a verb. */
export function mayOf({ role, device }: Person, verb: Verb): Reach {
  if (NEEDS_DEVICE.has(verb) && device === undefined) return 'never'
  const [agent, supervisor, admin] = VERBS[verb]
  return role === 'admin' ? admin : role === 'supervisor' ? supervisor : role === 'agent' ? agent : 'never'
}

/** Whether somebody may make display links: what they show has no scope. */
export function mayLink({ role, scope: { servers, queues, devices } }: Person): boolean {
  const seesAll = servers === undefined && queues === undefined && devices === undefined
  return role === 'admin' || (role === 'supervisor' && seesAll)
}

/** Makes a person of what the configuration says. */
export function personOf(name: string, { role, servers, queues, devices, device }: UserConfig): Person {
  // an agent who has no list of queues sees none but by his phone
  const own = role === 'agent' ? { queues: queues ?? [], devices: devices ?? [] } : { queues, devices }
  const scope = role === 'admin' ? EVERYTHING : { servers, ...own }
  return { name, role, scope, device, masked: role === 'viewer', board: undefined }
}

/** Says what somebody sees on a page: the page's parameters narrow his scope, and never widen it. */
export function specOf(
  { scope, masked, role, device }: Person,
  asked: Pick<ViewSpec, 'page' | 'servers' | 'queues' | 'window' | 'call' | 'board'>,
): ViewSpec {
  // rows of these pages say what is one's own, so that those of one scope do not share them
  const isOwn = asked.page !== 'queues' && asked.page !== 'board'
  const ofAgent = role === 'agent' && device !== undefined
  return { ...asked, scope, masked, seesSpies: role === 'admin', device: isOwn || ofAgent ? device : undefined }
}
