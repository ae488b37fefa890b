// Actions out of a stream: blocks as on the wire, with a blank line behind each, or JSON, one a line.
import { usage } from '../errors/usage.ts'

/** An action as it was read. */
export interface ReadAction {
  /** The line at which it begins, from 1. */
  readonly line: number
  readonly name: string
  readonly params: Readonly<Record<string, string | string[]>>
}

/** A part of the stream that is no action. */
export interface Unreadable {
  readonly line: number
  readonly error: Error
}

// an action of Asterisk has 128 lines of 1 kB at most
const MOST = 1024 * 1024
// of what is no action
const SHOWN = 60

/** Yields each action as soon as it is complete, and what cannot be read. */
export async function* readActions(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<ReadAction | Unreadable> {
  let block: string[] = []
  let size = 0
  let begins = 1
  let at = 0
  const take = function* (text: string): Generator<ReadAction | Unreadable> {
    at++
    const line = text.replace(/\r$/, '')
    if (block.length === 0) {
      begins = at
      size = 0
      if (/^\s*\{/.test(line)) {
        yield read(at, () => ofJson(line))
        return
      }
    }
    if (line.trim() !== '') {
      size += line.length
      if (size > MOST) throw tooLong(begins)
      block.push(line)
      return
    }
    if (block.length > 0) yield read(begins, () => ofBlock(block))
    block = []
  }
  for await (const text of linesOf(chunks)) yield* take(text)
  yield* take('')
}

/** Returns the lines of a stream, of which none may be endless. */
async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let count = 0
  for await (const chunk of chunks) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n')
    parts[0] = rest + parts[0]
    rest = parts.pop() ?? ''
    count += parts.length
    yield* parts
    if (rest.length > MOST) throw tooLong(count + 1)
  }
  if (rest !== '') yield rest
}

function tooLong(line: number): Error {
  return usage(`the action at line ${line} of standard input is longer than ${MOST} bytes`)
}

type Content = Pick<ReadAction, 'name' | 'params'>

function read(line: number, parse: () => Content): ReadAction | Unreadable {
  try {
    return { line, ...parse() }
  } catch (error) {
    return { line, error: error as Error }
  }
}

function ofBlock(lines: readonly string[]): Content {
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    if (at < 1) throw usage(`${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line} must be Name: value`)
    return [line.slice(0, at).trim(), line.slice(at + 1).replace(/^[ \t]/, '')]
  })
  return contentOf(headers)
}

function ofJson(line: string): Content {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw usage(`the line must be a JSON object: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw usage('the line must be a JSON object')
  return contentOf(
    Object.entries(value).flatMap(([name, given]) =>
      [given].flat().map((one): [string, string] => [name, textOf(name, one)]),
    ),
  )
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw usage(`${name} must be a text, a number, a boolean or a list of them`)
}

function contentOf(headers: readonly (readonly [name: string, value: string])[]): Content {
  const params: Record<string, string | string[]> = Object.create(null)
  const names: string[] = []
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'action') names.push(value.trim())
    else {
      const key = name.toLowerCase() === 'actionid' ? 'ActionID' : name
      const before = params[key]
      params[key] = before === undefined ? value : [before, value].flat()
    }
  }
  const [name, second] = names
  if (name === undefined || name === '') throw usage('Action is missing')
  if (second !== undefined) throw usage('Action must be given once')
  return { name, params }
}
