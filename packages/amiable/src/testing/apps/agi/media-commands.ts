// What plays, records and hears: the handlers of res_agi.c that take time.
import type { Command, Handler, Returned } from './call.ts'
import { answer, atoi, say, scanned } from './call.ts'
import { controls, HANGUP, NEW_COMMAND, Stream, sanitized, waitForDigit } from './playing.ts'

const ANY = '0123456789*#ABCD'

const streamFile: Handler = async (command) => {
  const { call, args } = command
  const [file = '', stop = ''] = args
  const offset = args.length > 2 ? scanned(args[2]) : 0
  if (offset === undefined) return 'usage'
  const stream = Stream.open(command, file, offset)
  if (stream === undefined) return answer(command, -1, ` endpos=${offset}`)
  const result = sanitized(await stream.wait({ stop, interruptible: true }))
  if (result === NEW_COMMAND) return 'success'
  const returned = answer(command, result, ` endpos=${stream.position}`)
  call.world.setVariable(call.channel, 'PLAYBACKSTATUS', result === 0 ? 'SUCCESS' : 'FAILED')
  return returned
}

const getOption: Handler = async (command) => {
  const [file = '', digits = '', given] = command.args
  // without a timeout pbx.c's five seconds; on a channel without dialplan Asterisk crashes there
  const timeout = given === undefined ? 5000 : atoi(given)
  const stream = Stream.open(command, file)
  if (stream === undefined) return answer(command, -1, ' endpos=0')
  let result = sanitized(await stream.wait({ stop: digits, interruptible: true }))
  if (result === NEW_COMMAND) return 'success'
  const { position } = stream
  if (result === 0) {
    result = await waitForDigit(command, timeout)
    // strchr finds no code of more than a byte, and the end of the string for 0
    if (result !== 0 && !digits.includes(String.fromCharCode(result & 0xff))) result = 0
  }
  return answer(command, result, ` endpos=${position}`)
}

// app.c:ast_app_getdata_full, channel.c:ast_readstring_full
const getData: Handler = async (command) => {
  const [file = '', given, most] = command.args
  const timeout = atoi(given)
  const first = timeout === 0 ? 6000 : timeout < 0 ? 1_000_000_000 : timeout
  const next = timeout === 0 ? 2000 : first
  const max = most === undefined ? 1024 : atoi(most)
  const { call } = command
  let stream = file === '' ? undefined : Stream.open(command, file)
  if ((file !== '' && stream === undefined) || call.channel.interrupted || max === 0) return say(command, -1)
  let digits = ''
  let wait = first
  for (;;) {
    let heard = stream === undefined ? 0 : sanitized(await stream.wait({ stop: ANY, interruptible: true }))
    stream = undefined
    if (heard === 0) heard = await waitForDigit(command, wait)
    if (heard === NEW_COMMAND) return 'success'
    if (heard < 0) return say(command, -1)
    if (heard === 0) return say(command, `${digits} (timeout)`)
    const digit = String.fromCharCode(heard & 0xff)
    if (digit === '#') return say(command, digits)
    digits += digit
    if (digits.length >= max && max > 0) return say(command, digits)
    wait = next
  }
}

// app.c:control_streamfile
const controlStreamFile: Handler = async (command) => {
  const { call, args } = command
  const [given = '', stopKeys = '', skipText, forward, reverse, pause = '', offsetText] = args
  const skip = skipText === undefined ? 3000 : scanned(skipText)
  const offset = offsetText === undefined ? 0 : scanned(offsetText)
  if (skip === undefined || offset === undefined) return 'usage'
  const fromEnd = given.toLowerCase().endsWith(':end') && given.indexOf(':') === given.length - 4
  const file = fromEnd ? given.slice(0, -4) : given
  const keys = { stop: stopKeys + pause, forward: forward || '#', reverse: reverse || '*', skip }
  // app.c takes -1 ms for the end itself
  let start = offset === -1 ? 0 : offset * 8
  let begin = fromEnd || offset < 0
  let paused: number | undefined
  let result: number
  let stream: Stream | undefined
  for (;;) {
    stream = Stream.open(command, file)
    result = stream === undefined ? -1 : 0
    if (stream !== undefined) {
      if (paused !== undefined) stream.seek(paused)
      else if (begin) stream.seek(stream.length + start)
      else if (start !== 0) stream.seek(start)
      paused = undefined
      begin = false
      start = 0
      result = await stream.wait(keys)
    }
    if (result < 1) break
    if (result === controls.restart) continue
    if (stream !== undefined && (result === controls.pause || isOne(pause, result))) {
      paused = stream.position
      const stops = (heard: number): boolean =>
        heard === HANGUP || isOne(pause, heard) || isOne(stopKeys, heard) || heard === 1000 || heard === 1001
      do result = await waitForDigit(command, 1000, { interruptible: false })
      while (!stops(result))
      if (result === controls.pause || (pause !== '' && result === pause.charCodeAt(0))) continue
    }
    if (result === HANGUP || result === controls.stop || isOne(stopKeys, result)) break
  }
  const place = paused ?? (stream === undefined || stream.ended ? -8 : stream.position)
  const endpos = Math.trunc(place / 8)
  const set = (name: string, value: string): void => call.world.setVariable(call.channel, name, value)
  if (result > 0 && isOne(stopKeys, result)) {
    set('CPLAYBACKSTATUS', 'USERSTOPPED')
    set('CPLAYBACKSTOPKEY', String.fromCharCode(result))
  } else if (result === controls.stop) {
    set('CPLAYBACKSTATUS', 'REMOTESTOPPED')
    result = 0
  } else set('CPLAYBACKSTATUS', result < 0 ? 'ERROR' : 'SUCCESS')
  set('CPLAYBACKOFFSET', String(endpos))
  return answer(command, result, ` endpos=${endpos}`)
}

function isOne(digits: string, code: number): boolean {
  return code > 0 && code < controls.stop && digits.includes(String.fromCharCode(code))
}

const waitForOne: Handler = async (command) => {
  const ms = scanned(command.args[0])
  if (ms === undefined) return 'usage'
  return answer(command, await waitForDigit(command, ms))
}

const formats = /^(wav|wav49|WAV|gsm|ulaw|ul|pcm|mu|alaw|al|sln|sln16|raw|g722|g729|vox|au)$/

const recordFile: Handler = async (command) => {
  const { call, args, ears } = command
  const [file = '', format = '', stop = '', timeText, ...more] = args
  const ms = scanned(timeText)
  if (ms === undefined) return 'usage'
  const silence = more
    .slice(0, 3)
    .map(silenceOf)
    .find((seconds) => seconds !== undefined)
  const offset = scanned(more[0]) ?? 0
  if (wantsBeep(more)) {
    const beep = sanitized((await Stream.open(command, 'beep')?.wait({ stop })) ?? HANGUP)
    if (beep !== 0) {
      call.send(`200 result=${beep} (randomerror) endpos=${offset}\n`)
      return 'success'
    }
  }
  if (!formats.test(format)) return answer(command, -1, ' (writefile)')
  // a Local channel carries only what somebody speaks into its other half
  const voice = call.channel.tech !== 'Local'
  const { clock } = call.world.core
  const start = clock.elapsed()
  const passed = (): number => Math.floor(clock.elapsed() - start)
  // a frame of more than the silence that is asked for
  const quiet = silence !== undefined && voice ? silence * 1000 + 20 : Number.POSITIVE_INFINITY
  const samples = (): number => offset + (voice ? Math.floor(passed() / 20) * 160 : 0)
  const done = (result: number, how: string, returned: Returned, end = samples()): Returned => {
    call.world.sounds.add(file, end / 8)
    call.send(`200 result=${result} (${how}) endpos=${end}\n`)
    return returned
  }
  for (;;) {
    const past = passed()
    const left = Math.min(ms < 0 ? Number.POSITIVE_INFINITY : ms - past, quiet - past)
    if (past >= quiet) {
      // the silence is cut off but for a second; what ast_waitfor gave last is what was left of the time
      return done(ms < 0 ? 99_980 : ms - past, 'timeout', 'success', samples() - (quiet - 1020) * 8)
    }
    if (left <= 0) return done(0, 'timeout', 'success')
    const heard = await ears.next(left)
    if (heard.kind === 'hangup') return done(-1, 'hangup', 'failure')
    if (heard.kind === 'digit' && stop.includes(heard.digit)) {
      return done(heard.digit.charCodeAt(0), 'dtmf', 'success')
    }
  }
}

function silenceOf(text: string): number | undefined {
  const at = text.indexOf('s')
  const rest = at === -1 ? '' : text.slice(at)
  const seconds = rest.length > 2 && rest.startsWith('s=') ? atoi(rest.slice(2)) : 0
  return seconds > 0 ? seconds : undefined
}

// what is neither an offset nor a silence is a beep, and so is anything behind it
function wantsBeep([first, second]: readonly string[]): boolean {
  const isSilence = (text: string): boolean => text.startsWith('s=')
  if (first !== undefined && scanned(first) === undefined && !isSilence(first)) return true
  return second !== undefined && !isSilence(second)
}

// channel.c:ast_recvtext
async function receive({ call, ears }: Command, ms: number): Promise<string | undefined> {
  const { clock } = call.world.core
  const end = clock.elapsed() + ms
  for (;;) {
    const left = ms < 0 ? -1 : end - clock.elapsed()
    if (ms >= 0 && left <= 0) return undefined
    const heard = await ears.next(left)
    if (heard.kind === 'text') return heard.text
    if (heard.kind === 'time' || heard.kind === 'hangup') return undefined
  }
}

const receiveText: Handler = async (command) => {
  const text = await receive(command, atoi(command.args[0]))
  return say(command, text === undefined ? -1 : `1 (${text})`)
}

const receiveChar: Handler = async (command) => {
  const text = await receive(command, atoi(command.args[0]))
  if (text === undefined) return answer(command, -1, ' (hangup)')
  const code = text === '' ? 0 : text.charCodeAt(0)
  return answer(command, code, code === 0 ? ' (timeout)' : '')
}

/** The commands that play, record and hear. */
export const mediaCommands: Readonly<Record<string, Handler>> = {
  'STREAM FILE': streamFile,
  'CONTROL STREAM FILE': controlStreamFile,
  'GET OPTION': getOption,
  'GET DATA': getData,
  'WAIT FOR DIGIT': waitForOne,
  'RECORD FILE': recordFile,
  'RECEIVE CHAR': receiveChar,
  'RECEIVE TEXT': receiveText,
}
