export { jsonLine, jsonText } from 'amiable-settings'

/** A message of the library, as far as it is printed. */
interface Printable {
  readonly source: string
  readonly epoch: number
  readonly serial: number
  readonly receivedAt: number
  toJSON(): unknown
}

/** Returns what JSON prints of an event or a response: the library's facts, and the server's headers under `data`. */
export function documentOf(message: Printable): object {
  const { source, epoch, serial, receivedAt } = message
  return { source, epoch, serial, receivedAt: new Date(receivedAt).toISOString(), data: message.toJSON() }
}
