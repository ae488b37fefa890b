import { checkAnswer, checkEach, checkFunction, checkSync, checkText, got } from '../../check.ts'
import { ClosedError, invalid } from '../../errors.ts'
import { TAP, type Tap } from '../../util/tap.ts'
import { ownRule, type RedactRule } from '../redaction/own-rule.ts'
import { RecordingFile } from './file.ts'
import { LiveMessages, type MessageListener } from './live-messages.ts'
import type { Proxy as RecordableProxy } from './proxy.ts'
import { type LineSink, RecordingWriter } from './writer.ts'

/**
 * The part of a client that a recording uses. It records all bytes of the library's client, and the events of any
 * other.
 */
export interface RecordableClient {
  /** @internal The library's client has it. */
  readonly [TAP]?: Tap
  on(filter: '*', handler: (event: { readonly headers: Iterable<readonly [string, string]> }) => void): unknown
}

/** A recording that is running. */
export interface Recording extends AsyncDisposable {
  /** The file that is written now. */
  readonly file: string
  /** How many messages the recording has, in all of its files. */
  readonly messages: number
  /**
   * Goes on in another file from the next message on: none is lost, and none is in both. Resolves when the file before
   * is complete, and rejects as {@link stop} does.
   */
  rotate(file: string): Promise<void>
  /**
   * Ends the recording. Resolves when the file is complete.
   * Rejects with the error of the file system, or with `AMI_LIMIT` if the disk was too slow. A proxy waits for the
   * disk. A client does not: its recording ends when 64 MiB wait.
   */
  stop(): Promise<void>
}

/** The options of {@link record}. */
export interface RecordOptions {
  /** The clock of the messages. @default Date.now */
  readonly now?: () => number
  /** Your own rule for secrets whose names do not show it. If it throws, the recording ends with that error. */
  readonly redact?: RedactRule
  /**
   * Says by its name whether an event is recorded. Banners, actions and all that answers an action are always recorded.
   * If it throws, the recording ends with that error. @default all
   */
  readonly events?: (name: string) => boolean
}

/**
 * Records what a server sent and received, without secrets: what passes a proxy, or the connections of a client.
 * The file has a JSON object a line, and is gzipped if its name ends in `.gz`. {@link replay} serves it again. Only its
 * owner can read it. It replaces a file of that name and follows no link.
 * Of an object that only has the `on` of a client it records the events.
 */
export function record(
  source: RecordableProxy | RecordableClient,
  file: string,
  options: RecordOptions | (() => number) = {},
): Recording {
  checkSource(source)
  checkText('file', file, "a file's name")
  const given = typeof options === 'function' ? { now: options } : options
  const writer = writerOf(source, given, () => new RecordingFile(file))
  const release = listen(source, writer)
  let stopped = false
  const stop = async (): Promise<void> => {
    stopped = true
    release()
    await writer.close()
  }
  let current = file
  return {
    get file() {
      return current
    },
    get messages() {
      return writer.messages
    },
    rotate: (next) => {
      checkText('file', next, "a file's name")
      if (stopped) return Promise.reject(new ClosedError('the recording has ended', { source: nameOf(source) }))
      current = next
      return writer.rotate(() => new RecordingFile(next))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A watch that is running. */
export interface MessageWatch extends AsyncDisposable {
  /** How many messages have passed. */
  readonly messages: number
  /** Ends the watch. Rejects with the error that the listener threw. */
  stop(): Promise<void>
}

/**
 * Calls a function with each message that a server sends or receives, without secrets: what {@link record} writes, as
 * it passes. While a promise that the listener returned is pending, a proxy reads nothing more. A client does not wait.
 * If the listener throws, the watch ends, and the client or the proxy goes on.
 */
export function watchMessages(
  source: RecordableProxy | RecordableClient,
  listener: MessageListener,
  options: RecordOptions = {},
): MessageWatch {
  checkSource(source)
  checkFunction('listener', listener)
  const writer = writerOf(source, options, () => new LiveMessages(listener))
  const release = listen(source, writer)
  const stop = async (): Promise<void> => {
    release()
    await writer.close()
  }
  return {
    get messages() {
      return writer.messages
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function writerOf(
  source: RecordableProxy | RecordableClient,
  options: RecordOptions,
  open: () => LineSink,
): RecordingWriter {
  const checks = { now: checkSync, redact: checkSync, events: checkSync }
  const { now = Date.now, redact, events } = checkEach<RecordOptions>('', options, checks)
  const wants = events && ((name: string) => Boolean(checkAnswer('events()', events(name))))
  return new RecordingWriter(open, nameOf(source), now, { own: ownRule(redact), wants })
}

function checkSource(source: unknown): void {
  const { tap, on } = (source ?? {}) as { tap?: unknown; on?: unknown }
  if (typeof tap === 'function' || typeof on === 'function') return
  throw invalid('source', `must be a client or a proxy, ${got(source)}`)
}

function nameOf(source: RecordableProxy | RecordableClient): string {
  if ('tap' in source) return `${source.host}:${source.port}`
  const { name } = source as { name?: unknown }
  return typeof name === 'string' ? name : 'client'
}

function listen(source: RecordableProxy | RecordableClient, writer: RecordingWriter): () => void {
  if ('tap' in source) return source.tap(writer)
  const release = source[TAP]?.(writer)
  if (release !== undefined) return release
  const listener = source.on('*', (event) => {
    let text = ''
    for (const [header, value] of event.headers) text += `${header}: ${value}\r\n`
    writer.message(1, 'out', Buffer.from(`${text}\r\n`, 'utf8').toString('latin1'))
  })
  return () => (listener as { remove?: () => void } | undefined)?.remove?.()
}
