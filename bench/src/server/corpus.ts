import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const END = Buffer.from('\r\n\r\n')

/** The captured events without the banner and the login before them, and where each of them ends. */
export interface Corpus {
  readonly body: Buffer
  readonly ends: readonly number[]
}

export const readCorpus = (path: string): Corpus => {
  const all = gunzipSync(readFileSync(path))
  const start = all.indexOf('Event: Newchannel')
  const body = all.subarray(start, all.lastIndexOf(END) + END.length)
  const ends: number[] = []
  for (let at = body.indexOf(END); at >= 0; at = body.indexOf(END, at + END.length)) ends.push(at + END.length)
  return { body, ends }
}

/** Events of `names` different kinds, each as long as the corpus' own, so that only the number of names differs. */
export const syntheticCorpus = (names: number, events: number): Corpus => {
  const pieces: string[] = []
  const ends: number[] = []
  let length = 0
  for (let i = 0; i < events; i++) {
    const n = i % names
    const piece =
      `Event: Kind${String(n).padStart(5, '0')}\r\nPrivilege: call,all\r\nSystemName: lab-sid\r\n` +
      `Channel: PJSIP/100-${String(i).padStart(8, '0')}\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n` +
      `CallerIDNum: 100\r\nCallerIDName: Alice Example\r\nConnectedLineNum: 200\r\nConnectedLineName: Bob Example\r\n` +
      `Language: en\r\nAccountCode: \r\nContext: default\r\nExten: 200\r\nPriority: 1\r\n` +
      `Uniqueid: lab-sid-1795386889.${i}\r\nLinkedid: lab-sid-1795386889.${i}\r\nCause: 16\r\nCause-txt: Normal Clearing\r\n\r\n`
    pieces.push(piece)
    length += piece.length
    ends.push(length)
  }
  return { body: Buffer.from(pieces.join(''), 'latin1'), ends }
}
