/** What is known of a message before its lines are read one by one. */
export interface MessageFacts {
  readonly request: boolean
  readonly event: boolean
  /** Lines of a command as they were printed, which Asterisk did before version 14 (manager.c:action_command). */
  readonly raw: boolean
  /** Whether a bare line feed ends a line, and is no part of a value. */
  readonly bare: boolean
  /** Whether `Key` names an entry of AstDB: a replay is asked by it. */
  readonly keysAreNames: boolean
  /** Headers that hold a challenge or the answer to one (manager.c:action_challenge, main/security_events.c). */
  readonly ofChallenge: ReadonlySet<string>
  /** The result of an AGI command that an action asked for (res_agi.c). */
  readonly holdsResult: boolean
  /** Whether there may be secrets under names that do not say so: settings of files, what is encoded, challenges. */
  readonly oddlyNamed: boolean
  readonly actionId: string
}

const none: ReadonlySet<string> = new Set()
const inResponses: ReadonlySet<string> = new Set(['challenge'])
const inSecurityEvents: ReadonlySet<string> = new Set(
  'challenge response expectedresponse receivedchallenge receivedhash'.split(' '),
)
const securityEvents: ReadonlySet<string> = new Set(['challengesent', 'challengeresponsefailed', 'invalidpassword'])

const oddNames =
  /^(?:Line-|JSON:|Var-|Variable:[ \t]*AST_CONFIG|Challenge:|Base64Body:|(?:Output:)?[ \t]*(?:-?\d+|conf|agent)[ \t]*=)/im

/** Reads what is known of a message. */
export function factsOf(text: string): MessageFacts {
  const event = /^\s*Event:[ \t]*([^\r\n]*)/i.exec(text)?.[1]?.trim().toLowerCase()
  const response = event === undefined && /^\s*Response:/i.test(text)
  const request = event === undefined && !response && /^Action:/im.test(text)
  const raw = response && /^\s*Response:[ \t]*Follows/i.test(text)
  return {
    request,
    event: event !== undefined,
    raw,
    bare: raw || !text.includes('\r\n'),
    keysAreNames: event?.startsWith('dbget') ?? (/^(?:Family:|Action:[ \t]*DB)/im.test(text) && !isLogin(text)),
    ofChallenge: event === undefined ? inResponses : securityEvents.has(event) ? inSecurityEvents : none,
    holdsResult: event === 'asyncagiexec' || event === 'asyncagi',
    oddlyNamed: (event === undefined && oddNames.test(text)) || securityEvents.has(event ?? '') || text.includes('\\u'),
    actionId: headerOf(text, /^ActionID:[ \t]*([^\r\n]*)/im),
  }
}

/** Returns the value of a header that an expression finds; empty where there is none. */
export function headerOf(text: string, expression: RegExp): string {
  return expression.exec(text)?.[1]?.trim() ?? ''
}

function isLogin(text: string): boolean {
  return /^Action:[ \t]*Login/im.test(text)
}
