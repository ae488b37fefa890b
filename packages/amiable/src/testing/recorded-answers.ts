import { wholeMessages } from './recording/whole-messages.ts'
import type { OwnRule } from './redaction/find-secrets.ts'
import { redact } from './redaction/redact.ts'
import type { SimulatedAsterisk } from './server.ts'

// main/manager.c:authority_to_str ends the classes of what everybody gets with `all`; a row of Status or of
// SIPpeerstatus names its class alone
export function wasToldToAll(text: string): boolean {
  return /\r\nPrivilege: [^\r\n]*\ball\r?\n/.test(text)
}

/** The ids that clients gave now for those that were recorded. */
export class Renames {
  #to = new Map<string, string>()

  /** Replaces the id that was asked with in a recorded session by this one; an empty one takes the line away. */
  set(session: number, recorded: string, now: string): void {
    if (recorded === '') return
    this.#to.set(`${session} ${recorded}`, now)
    // events go to every session of an action
    this.#to.set(recorded, now)
  }

  // two programs may have used the same id
  #find(session: number, id: string): string | undefined {
    return this.#to.get(`${session} ${id}`) ?? this.#to.get(id)
  }

  /** Returns a recorded message as it is now. The second half of a Local channel has the first one's id and `;2`. */
  apply(session: number, text: string): string {
    if (this.#to.size === 0) return text
    return text.replace(idLine, (line, name: string, id: string, half: string, end: string) => {
      const whole = this.#find(session, id + half)
      const now = whole ?? this.#find(session, id)
      if (now === undefined) return line
      if (now === '') return /^ActionID/i.test(name) ? '' : line
      return `${name}${now}${whole === undefined ? half : ''}${end}`
    })
  }
}

const idLine = /^((?:ActionID|\w*Uniqueid|\w*Linkedid): ?)([^\r\n]*?)((?:;2)?)(\r?\n)/gim
const answeredAnew = /^(login|logoff|challenge|ping|events)$/i
// what every asker makes up: it says nothing of what is asked
const made = ['actionid', 'channelid', 'otherchannelid']

/** A recorded request by the ids that its asker made up. */
interface Asked {
  readonly name: string
  readonly key: string
  readonly ids: readonly string[]
  readonly session: number
}

/** What was answered to a request, as one text. */
interface Answer {
  readonly to: Asked
  text: string
}

/** The answers of a recording by what was asked, each in the order in which it was given. */
export type RecordedAnswers = ReadonlyMap<string, readonly Answer[]>

/** Reads what a recording answers. */
export async function readAnswers(recording: string, session: number | undefined): Promise<RecordedAnswers> {
  const asked = new Map<string, Asked>()
  /** Requests without an ActionID, which a session answers in their order, and the answer that is being given. */
  const unnamed = new Map<number, { waiting: Asked[]; current: Asked | undefined }>()
  const answers = new Map<string, Answer[]>()
  for await (const { direction, text, session: from } of wholeMessages(recording)) {
    if (direction === 'end' || (session !== undefined && from !== session)) continue
    const id = headerOf(text, 'ActionID')
    const queue = unnamed.get(from) ?? { waiting: [], current: undefined }
    unnamed.set(from, queue)
    if (direction === 'in') {
      const question = questionOf(text, from)
      if (id === '') queue.waiting.push(question)
      else asked.set(`${from} ${id}`, question)
      continue
    }
    const responds = /^\s*Response:/i.test(text)
    if (!responds && /^\s*Event:/i.test(text) && wasToldToAll(text)) continue
    if (responds && id === '') queue.current = queue.waiting.shift()
    const question = id === '' ? queue.current : asked.get(`${from} ${id}`)
    if (question === undefined || answeredAnew.test(question.name)) continue
    const list = answers.get(question.key) ?? []
    const given = list.findLast(({ to }) => to === question)
    if (responds) list.push({ to: question, text })
    else if (given !== undefined) given.text += text
    answers.set(question.key, list)
  }
  // a list that the recording ends within would leave its asker waiting
  for (const [key, list] of answers)
    answers.set(
      key,
      list.filter(({ text }) => !isCutList(text)),
    )
  return answers
}

function questionOf(text: string, session: number): Asked {
  return {
    name: headerOf(text, 'Action'),
    key: keyOf(text),
    ids: made.map((header) => headerOf(text, header)),
    session,
  }
}

function isCutList(text: string): boolean {
  return /^EventList: *start/im.test(text) && !/^EventList: *c/im.test(text)
}

/** Makes the server answer what the recording answered. */
export function answerAsRecorded(
  server: SimulatedAsterisk,
  answers: RecordedAnswers,
  renames: Renames,
  own: OwnRule | undefined,
): void {
  const next = new Map<string, number>()
  const names = [...answers.values()].flatMap((list) => list.map(({ to }) => to.name.toLowerCase()))
  for (const name of new Set(names)) {
    server.handle(name, (action, reply, builtIn) => {
      const key = keyOf(`${action.lines.join('\r\n')}\r\n\r\n`, own)
      const list = answers.get(key) ?? []
      const index = Math.min(next.get(key) ?? 0, list.length - 1)
      const answer = list[index]
      if (answer === undefined) return builtIn()
      next.set(key, index + 1)
      const { ids, session } = answer.to
      for (const [n, header] of made.entries()) renames.set(session, ids[n] ?? '', action.header(header))
      const given = action.header('ActionID')
      const text = renames.apply(session, answer.text)
      reply.write(ids[0] === '' && given !== '' ? withActionId(text, given) : text)
      return undefined
    })
  }
}

/** Returns an answer to a request that had no ActionID, for one that has. */
function withActionId(text: string, id: string): string {
  const messages = text.split(/(?<=\r\n\r\n)/)
  return messages.map((message) => message.replace(/^([^\r\n]+\r\n)/, (line) => `${line}ActionID: ${id}\r\n`)).join('')
}

function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: ?(.*?)\\r?$`, 'im').exec(text)?.[1] ?? ''
}

/** Returns what is asked, whatever ids its asker made up; without secrets, since recordings have none. */
function keyOf(text: string, own?: OwnRule): string {
  return redact(text, { own })
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !made.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => line.toLowerCase().replace(/:\s*/, ':'))
    .sort()
    .join('\n')
}
