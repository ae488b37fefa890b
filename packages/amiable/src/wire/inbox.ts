import { cuttable } from '../util/text.ts'
import { INBOX_BYTES, Scanner } from './scanner.ts'

/*
 * Where the bytes of every plain socket arrive: libuv reads into it and calls back before it reads again, from whichever
 * socket (uv__read). Memory that stays in the processor's cache saves a tenth of the time of an event. It is the
 * scanner's, where there can be one.
 */
let inbox: Uint8Array | undefined
let scanner: Scanner | undefined

/** Returns the inbox of this process. */
export function theInbox(): Uint8Array {
  if (inbox === undefined) {
    scanner = Scanner.make()
    inbox = scanner?.inbox ?? cuttable(new ArrayBuffer(INBOX_BYTES)) ?? new Uint8Array(INBOX_BYTES)
  }
  return inbox
}

/** Whether the bytes of this process are read without a scanner, because there is no WebAssembly or no room for one. */
export function lacksScanner(): boolean {
  return inbox !== undefined && scanner === undefined
}

/** Says that a socket has read into the inbox: what lay there is gone, whoever reads what has come. */
export function overwritten(): void {
  scanner?.dropChunk()
}

/**
 * Returns the scanner that has a chunk in its inbox; undefined where the chunk is to be read with care. What comes from
 * TLS or from a caller's stream is put there, but not while the bytes of somebody else are read. For a stream can give
 * its data from inside of a callback.
 */
export function scannerOf(chunk: Uint8Array): Scanner | undefined {
  theInbox()
  if (scanner === undefined) return undefined
  const { buffer, byteOffset } = scanner.inbox
  if (chunk.buffer === buffer && chunk.byteOffset === byteOffset) return scanner
  if (scanner.busy || chunk.length > INBOX_BYTES) return undefined
  scanner.leaveChunk()
  scanner.inbox.set(chunk)
  return scanner
}
