import { TAP, type Tap } from '../../util/tap.ts'
import type { Proxy as RecordableProxy } from './proxy.ts'
import { RecordingWriter } from './writer.ts'

/** A client, as far as a recording listens to it: the library's own tells all its bytes, any other one its events. */
export interface RecordableClient {
  /** @internal The library's client has it. */
  readonly [TAP]?: Tap
  on(filter: '*', handler: (event: { readonly headers: Iterable<readonly [string, string]> }) => void): unknown
}

/** A recording that runs. */
export interface Recording extends AsyncDisposable {
  readonly file: string
  /** How many messages it holds so far. */
  readonly messages: number
  /**
   * Ends it; resolves when the file is whole.
   * Rejects with what the file system said, or with `AMI_LIMIT` where the disk took less than came: a proxy waits for
   * it, a client does not, and its recording ends when 64 MiB wait.
   */
  stop(): Promise<void>
}

/**
 * Records what a server sent and was asked, secrets removed: what passes a proxy, or the connections of a client, from
 * the next whole message on. The file is JSON lines, gzipped where its name ends in `.gz`; {@link replay} serves it
 * again. Of an object that only has a client's `on` it holds the events.
 * @param now whose time the messages bear. @default Date.now
 */
export function record(
  source: RecordableProxy | RecordableClient,
  file: string,
  now: () => number = Date.now,
): Recording {
  const writer = new RecordingWriter(file, nameOf(source), now)
  const release = listen(source, writer)
  const stop = async (): Promise<void> => {
    release()
    await writer.close()
  }
  return {
    file,
    get messages() {
      return writer.messages
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
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
