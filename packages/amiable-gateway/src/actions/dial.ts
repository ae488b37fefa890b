// What may be dialled: a technology and behind it an endpoint, a trunk with a number, or an extension of the dialplan.

/** What of the configuration decides what may be dialled. */
export interface DialRules {
  readonly contexts: readonly string[]
  readonly technologies: readonly string[]
  readonly trunks: readonly string[]
}

/** Says why something cannot be dialled, as the end of a sentence; `undefined` if it can. */
export function dialFault(value: string, rules: DialRules): string | undefined {
  const [, technology, rest] = /^(\w[\w-]*)\/(.+)$/.exec(value) ?? []
  if (technology === undefined || rest === undefined) return 'must be a technology and an address, as in PJSIP/100'
  // main/channel.c:ast_get_channel_tech compares without case
  if (!has(rules.technologies, technology)) return 'must begin with one of actions.technologies'
  if (technology.toLowerCase() === 'local') return localFault(rest, rules)
  // characters that Dial or a driver takes for more than a name
  if (/^[\w.+*#-]+$/.test(rest)) return undefined
  const trunk = trunkOf(rest)
  if (trunk === undefined) return 'must be an endpoint, or a number and a trunk'
  return rules.trunks.includes(trunk) ? undefined : 'must name an endpoint alone, or a trunk of actions.trunks'
}

// main/core_local.c:local_alloc: extension@context, and options behind the last slash; no context is "default"
function localFault(rest: string, { contexts }: DialRules): string | undefined {
  const [, context] = /^[^@/;&]+@([^@/;&]+)(?:\/[A-Za-z]{1,8})?$/.exec(rest) ?? []
  if (context === undefined) return 'must be Local/extension@context'
  return contexts.includes(context) ? undefined : 'must name a context of actions.contexts'
}

// number@trunk (chan_pjsip.c:request, chan_iax2.c), trunk/number (chan_sip.c, chan_dahdi.c) and endpoint/sip:address
function trunkOf(rest: string): string | undefined {
  const [, behind] = /^[\w.+*#-]+@([\w.-]+)$/.exec(rest) ?? []
  if (behind !== undefined) return behind
  const [, before] = /^([\w.-]+)\/[\w.+*#:@;=-]+$/.exec(rest) ?? []
  return before
}

function has(list: readonly string[], word: string): boolean {
  return list.some((one) => one.toLowerCase() === word.toLowerCase())
}
