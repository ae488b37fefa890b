import type { Params } from '../../wire/encoder.ts'

/** How long a call may ring where no `Timeout` is given, in milliseconds (manager.c:action_originate). */
export const ORIGINATE_TIMEOUT = 30_000

// what the server may take for an action that says nothing of its time (a module's reload, a command's work)
const SLOW = 60_000
const slow = new Set(['command', 'reload', 'moduleload', 'updateconfig', 'dialplanextensionadd', 'pjsipshowendpoints'])

/**
 * For how many milliseconds an action may rightly keep its session from saying anything else: a session runs one
 * action at a time (manager.c:session_do).
 */
export function blockingTime(action: string, params: Params | undefined): number {
  const name = action.toLowerCase()
  const get = (header: string) => {
    for (const key in params) if (key.toLowerCase() === header) return params[key]
    return undefined
  }
  if (name === 'originate') {
    if (/^(?:yes|true|y|t|1|on)$/i.test(String(get('async') ?? ''))) return 0
    return Number(get('timeout') ?? ORIGINATE_TIMEOUT) || ORIGINATE_TIMEOUT
  }
  if (name === 'waitevent') {
    const seconds = Number(get('timeout') ?? -1)
    return seconds > 0 ? seconds * 1000 : SLOW
  }
  return slow.has(name) ? SLOW : 0
}

/*
 * Actions that do something again when they are sent again. Everything that only reads or sets a state may be retried;
 * these are refused `retry: true`.
 */
const once = new Set(
  (
    'originate,redirect,userevent,messagesend,sendtext,playdtmf,agi,atxfer,blindtransfer,park,bridge,sendflash,' +
    'pjsipnotify,sipnotify,jabbersend,controlplayback,queueadd,queuelog,voicemailforward,voicemailmove,' +
    'dialplanextensionadd,updateconfig,createconfig,command,aocmessage,faxsend,moduleload,reload,dahditransfer'
  ).split(','),
)

/** Whether sending the action twice would do something twice. */
export function actsTwice(action: string): boolean {
  return once.has(action.toLowerCase())
}
