// Whether the users of NATS may do what a gateway of a configuration does, and no more than they should.
import { CliError, EXIT } from 'amiable-settings'
import type { Bus } from '../bus/nats.ts'
import { answerRights, logRights } from '../bus/permissions.ts'
import { askLimits, lackingOf, mayPublishSome, type Rights, USER_INFO } from '../bus/user-rights.ts'
import type { LoadedConfig } from '../config/load.ts'

const PATIENCE = 2_000
const MADE = /^\$JS\.API\.STREAM\.(?:CREATE|UPDATE)\./
const STATE = /_STATE(?:\.|$)/

/** Returns what the user that writes the logs needs; without another one for answers it needs that as well. */
export function wantedOfLog(config: LoadedConfig): Rights {
  const { prefix, state, log } = config
  const { publish, subscribe } = logRights(prefix)
  const isWanted = (subject: string) => (log.manage || !MADE.test(subject)) && (state !== false || !STATE.test(subject))
  const own = { publish: publish.filter(isWanted), subscribe }
  if (config.nats.answers !== undefined || !acts(config)) return own
  const also = answerRights(prefix)
  return { publish: [...own.publish, ...also.publish], subscribe: [...own.subscribe, ...also.subscribe] }
}

/** Says what a user may do. @throws {CliError} naming all that it lacks */
export async function triedRights(bus: Bus, wanted: Rights): Promise<string> {
  const limits = await askLimits(bus, PATIENCE).catch(() => undefined)
  if (limits === undefined) return `what this user may do is unknown: it may not publish ${USER_INFO}`
  if (limits.publish === undefined && limits.subscribe === undefined) return 'nothing limits this user'
  const lacking = lackingOf(wanted, limits)
  if (lacking.length === 0) return 'this user may do all that is needed'
  const text = `this user may not ${lacking.join(', ')}. \`amiable-gateway permissions\` prints what it needs`
  throw new CliError(text, { exit: EXIT.refused, code: 'RIGHTS' })
}

/** Says what the user that answers may do, which should write no log. @throws {CliError} naming all that it lacks */
export async function triedAnswers(bus: Bus, { prefix }: LoadedConfig): Promise<string> {
  const said = await triedRights(bus, answerRights(prefix))
  const limits = await askLimits(bus, PATIENCE).catch(() => undefined)
  const isWide = limits !== undefined && mayPublishSome(limits, `${prefix}.event.>`)
  return isWide ? `${said}; it may write logs too, and should not: an answer goes where its request says` : said
}

/** Whether a gateway of this configuration acts at all. */
function acts({ actions }: LoadedConfig): boolean {
  return actions.classes.length + actions.allow.length > 0
}
