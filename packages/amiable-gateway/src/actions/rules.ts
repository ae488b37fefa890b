// What a request may ask for: first its class, then its values. What no rule allows is refused.
import { type ActionClass, type ClassedAction, classOfRequest, isClassed } from './classes.ts'
import { dialFault } from './dial.ts'
import type { ActionParams } from './params.ts'

/** What the configuration allows. */
export interface ActionRules {
  readonly classes: readonly ActionClass[]
  /** Single actions that are allowed whatever their class. An action of class `danger` must stand here. */
  readonly allow: readonly string[]
  /** The contexts that a call may be sent to. */
  readonly contexts: readonly string[]
  /** What a channel may begin with, such as `PJSIP`. */
  readonly technologies: readonly string[]
  /** The endpoints that may be dialled with a number or an address of the caller's, as in `PJSIP/0123@trunk`. */
  readonly trunks: readonly string[]
  /** The variables that may be set, without the underscores of inheritance. */
  readonly variables: readonly string[]
  /** The applications that Originate may run. */
  readonly applications: readonly string[]
}

/** A request to judge. */
export interface JudgedRequest {
  readonly action: ClassedAction
  /** The class that the subject names. */
  readonly class: string
  readonly params: ActionParams
  readonly variables: readonly (readonly [name: string, value: string])[]
}

/** Why a request is refused. */
export interface Denial {
  /** The rule's name, for the audit and for metrics. */
  readonly rule: string
  readonly message: string
}

/** Says why a request is refused; `undefined` if it is allowed. */
export function denialOf(request: JudgedRequest, rules: ActionRules): Denial | undefined {
  return classDenial(request, rules) ?? valueDenial(request, rules)
}

function classDenial({ action, class: asked, params }: JudgedRequest, rules: ActionRules): Denial | undefined {
  const needed = classOfRequest(action, params)
  const { name } = action
  if (needed === 'never')
    return denied('never', `${name} cannot be asked for: it would change the gateway's own session`)
  if (asked !== needed) {
    const why = needed === action.class ? '' : ' with these parameters'
    return denied('class', `${name}${why} must be asked for in class ${needed}, and the subject says ${asked}`)
  }
  const listed = rules.allow.some((one) => one.toLowerCase() === name.toLowerCase())
  if (listed || (needed !== 'danger' && rules.classes.includes(needed))) return undefined
  const where = needed === 'danger' ? 'actions.allow' : `actions.classes (${needed}), or in actions.allow`
  return denied('class', `${name} must be allowed by the gateway's configuration: it is not in ${where}`)
}

// every header that Asterisk reads for these actions: one that a later version adds may enter a context as well
const HEADERS = new Map([
  [
    'originate',
    words(
      'Channel Exten Context Priority Application Data Timeout CallerID Account EarlyMedia Async Codecs ChannelId OtherChannelId PreDialGoSub',
    ),
  ],
  ['redirect', words('Channel ExtraChannel Exten ExtraExten Context ExtraContext Priority ExtraPriority')],
  ['blindtransfer', words('Channel Context Exten')],
  ['atxfer', words('Channel Exten Context')],
  ['park', words('Channel TimeoutChannel Channel2 AnnounceChannel Timeout Parkinglot ParkingSpace')],
  ['queueadd', words('Queue Interface Penalty Paused MemberName StateInterface Reason')],
  ['setvar', words('Channel Variable Value')],
  ['messagesend', words('Destination To From Body Base64Body')],
])

/** The headers that hold something to dial. */
const DIALS = new Map([
  ['originate', ['Channel']],
  ['queueadd', ['Interface']],
  // it is dialled when the parking times out (res/parking/parking_manager.c:manager_park)
  ['park', ['TimeoutChannel', 'Channel2']],
])

/** The headers that name a channel or a mailbox, and that Asterisk takes for an expression behind a slash. */
const EXPRESSIONS = new Map([
  ['hangup', 'Channel'],
  ['mwiget', 'Mailbox'],
  ['mwidelete', 'Mailbox'],
])

/** The headers of other actions that are checked, here or for their class. */
const SINGLE = ['channel', 'mailbox', 'variable', 'variables', 'command']

function valueDenial(request: JudgedRequest, rules: ActionRules): Denial | undefined {
  const { action, params } = request
  const kind = action.name.toLowerCase()
  // the first of a repeated header counts, in whatever spelling: what is checked must be what is read
  const known = HEADERS.get(kind)
  const checked = kind === 'userevent' ? [] : params.repeated()
  const twice = checked.find((name) => known?.includes(name) || SINGLE.includes(name))
  if (twice !== undefined) return denied('repeated', `${twice} must be given once`)
  const stranger = known && params.lowerNames().find((name) => !known.includes(name))
  if (stranger !== undefined) {
    const hint = stranger === 'variable' ? ': give channel variables as variables' : ''
    return denied('parameter', `${stranger} cannot be a parameter of ${action.name} here${hint}`)
  }
  const header = EXPRESSIONS.get(kind)
  if (header !== undefined && params.all(header).some((value) => value.startsWith('/'))) {
    return denied(
      'expression',
      `${header} must be one name: behind a slash Asterisk reads an expression over all of them`,
    )
  }
  for (const name of DIALS.get(kind) ?? []) {
    const fault = params
      .all(name)
      .map((value) => dialFault(value, rules))
      .find(Boolean)
    if (fault !== undefined) return denied('channel', `${name} ${fault}`)
  }
  return contextDenial(kind, params, rules) ?? variableDenial(kind, request, rules)
}

// BlindTransfer and Atxfer take the channel's own context where none is given (manager.c:action_blind_transfer)
const NEED_CONTEXT = ['originate', 'redirect', 'blindtransfer', 'atxfer']

function contextDenial(kind: string, params: ActionParams, rules: ActionRules): Denial | undefined {
  if (!NEED_CONTEXT.includes(kind)) return undefined
  const application = kind === 'originate' ? params.text('Application') : undefined
  if (application !== undefined && !rules.applications.some((one) => one.toLowerCase() === application.toLowerCase())) {
    return denied('application', 'Application must be one of actions.applications')
  }
  const context = params.text('Context')
  if (context === undefined && application === undefined) {
    return denied('context', 'Context is missing: it must be one of actions.contexts')
  }
  for (const name of ['Context', 'ExtraContext']) {
    const value = params.text(name)
    if (value !== undefined && !rules.contexts.includes(value)) {
      return denied('context', `${name} must be one of actions.contexts`)
    }
  }
  const routine = params.text('PreDialGoSub')
  if (routine === undefined) return undefined
  // main/app.c:ast_app_expand_sub_args: context,exten,priority(arguments); what is left out comes from the channel
  const [, target] = /^([^,()]+),[^,()]+,[^,()]+(?:\(.*\))?$/.exec(routine) ?? []
  if (target !== undefined && rules.contexts.includes(target)) return undefined
  return denied('context', 'PreDialGoSub must be context,exten,priority with a context of actions.contexts')
}

// only these read variables; in front of Getvar and Setvar a Variable header would be the name that they read
const TAKE_VARIABLES = ['originate', 'messagesend']

function variableDenial(kind: string, request: JudgedRequest, rules: ActionRules): Denial | undefined {
  const { action, params, variables } = request
  const set = [...variables]
  if (kind === 'setvar') {
    if (variables.length > 0) return denied('variable', 'variables cannot be given with Setvar: it sets one Variable')
    if (params.text('Channel') === undefined) {
      return denied('variable', 'Channel is missing: without it Setvar sets a variable of all calls')
    }
    set.push([params.text('Variable') ?? '', params.text('Value') ?? ''])
  } else if (variables.length > 0 && !TAKE_VARIABLES.includes(kind)) {
    // the notify's own headers, which are no variables of a channel
    if (kind === 'pjsipnotify' || !isClassed(kind)) return undefined
    return denied('variable', `variables cannot be given with ${action.name}`)
  }
  for (const [name, value] of set) {
    const plain = name.trim().replace(/^_{1,2}/, '')
    if (!rules.variables.includes(plain)) return denied('variable', 'variables must be among actions.variables')
    if (!entersContext(plain)) continue
    // as in GOTO_ON_BLINDXFR: context^exten^priority
    const [target = ''] = value.split(/[\^,|]/)
    if (!rules.contexts.includes(target)) {
      return denied('context', `the variable ${plain} must begin with a context of actions.contexts`)
    }
  }
  return undefined
}

/*
 * TRANSFER_CONTEXT, FORWARD_CONTEXT, GOSUB_…: variables whose value Asterisk sends a call to
 * (features.c:get_transfer_context, app_dial.c:do_forward, bridge_basic.c:GOTO_ON_BLINDXFR and others).
 */
function entersContext(name: string): boolean {
  return /CONTEXT|GOTO|GOSUB|EXITCONTEXT|MACRO/i.test(name)
}

function denied(rule: string, message: string): Denial {
  return { rule, message }
}

function words(text: string): string[] {
  return text.toLowerCase().split(' ')
}
