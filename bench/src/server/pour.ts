import type { Socket } from 'node:net'
import type { Corpus } from './corpus.ts'

const PIECE = 1 << 20
export const MARK = Buffer.from('Event: BenchMark\r\nPrivilege: system,all\r\n\r\n')

/** Writes what the generator gives, and waits whenever the reader is behind. */
export const pump = (socket: Socket, pieces: Iterator<Buffer>): void => {
  const more = (): void => {
    for (;;) {
      if (socket.destroyed) return
      const { value, done } = pieces.next()
      if (done) return
      if (!socket.write(value)) {
        socket.once('drain', more)
        return
      }
    }
  }
  more()
}

const END = Buffer.from('\r\n\r\n')

/** Pieces of whole messages: an answer to an action can come between any two of them. */
export function* cut(body: Buffer): Generator<Buffer, void> {
  for (let at = 0; at < body.length; ) {
    const end = at + PIECE < body.length ? body.lastIndexOf(END, at + PIECE) + END.length : body.length
    yield body.subarray(at, end)
    at = end
  }
}

function* events({ body, ends }: Corpus, warm: number, rounds: number): Generator<Buffer, void> {
  for (let left = warm; left > 0; left -= ends.length) {
    yield* cut(left >= ends.length ? body : body.subarray(0, ends[left - 1]))
  }
  yield MARK
  for (let i = 0; i < rounds; i++) {
    yield* cut(body)
    yield MARK
  }
}

export const pourEvents = (socket: Socket, corpus: Corpus, warm: number, rounds: number): void =>
  pump(socket, events(corpus, warm, rounds))

const row = (id: string, n: number): string =>
  `Event: CoreShowChannel\r\n${id}Channel: PJSIP/${1000 + n}-${String(n).padStart(8, '0')}\r\nChannelState: 6\r\n` +
  `ChannelStateDesc: Up\r\nCallerIDNum: ${1000 + n}\r\nCallerIDName: Café Renée\r\nConnectedLineNum: 200\r\n` +
  `ConnectedLineName: Bob Example\r\nLanguage: en\r\nAccountCode: \r\nContext: default\r\nExten: 200\r\nPriority: 1\r\n` +
  `Uniqueid: lab-sid-1795386889.${n}\r\nLinkedid: lab-sid-1795386889.${n}\r\nApplication: Dial\r\n` +
  'ApplicationData: PJSIP/200,30\r\nDuration: 00:00:07\r\nBridgeId: \r\n\r\n'

const BLOCK = 1_000

function* rows(id: string, count: number): Generator<Buffer, void> {
  yield Buffer.from(`Response: Success\r\n${id}EventList: start\r\nMessage: Channels will follow\r\n\r\n`, 'latin1')
  const block = Buffer.from(Array.from({ length: BLOCK }, (_, n) => row(id, n)).join(''))
  for (let sent = 0; sent < count; sent += BLOCK) yield block
  yield Buffer.from(
    `Event: CoreShowChannelsComplete\r\n${id}EventList: Complete\r\nListItems: ${count}\r\n\r\n`,
    'latin1',
  )
}

/** `count` is a multiple of a thousand. */
export const pourRows = (socket: Socket, id: string, count: number): void => pump(socket, rows(id, count))
