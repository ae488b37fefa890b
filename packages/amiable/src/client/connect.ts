import { signalOf } from '../check.ts'
import { ConnectError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { nodeTooOld } from '../util/node-version.ts'
import { Client } from './client.ts'
import { type ClientOptions, checkClientOptions } from './options.ts'
import { OF_CLIENT, refuseOtherNames } from './other-names.ts'

refuseOtherNames(Client.prototype, OF_CLIENT)

/**
 * Returns a client that is not connected, so that you can add listeners before {@link Client.connect}.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function createClient(options: ClientOptions): Client {
  return new Client(options)
}

/**
 * Connects and logs in. Resolves with a client that is ready, and that reconnects by itself until you close it.
 * Rejects with `AMI_CONNECT`, `AMI_AUTH` or the signal's reason if the first attempt fails. Nothing stays open then.
 * @throws {ArgumentError} at once, naming the option that is wrong
 * @example
 * const ami = await connect({ host: 'pbx1', username: 'frank', secret: 'lean' })
 */
export function connect(options: ClientOptions, more: { signal?: AbortSignal | undefined } = {}): Promise<Client> {
  checkClientOptions(options)
  const signal = signalOf(more)
  // before a client is made: it lacks more than this one
  const tooOld = nodeTooOld()
  if (tooOld !== undefined) return Promise.reject(new ConnectError(tooOld))
  return firstLogin(createClient(options), signal)
}

async function firstLogin(client: Client, signal: AbortSignal | undefined): Promise<Client> {
  const unlisten = onAbort(signal, () => client.destroy(signal?.reason))
  try {
    signal?.throwIfAborted()
    await client.connect()
    return client
  } catch (error) {
    client.destroy()
    throw signal?.aborted ? signal.reason : error
  } finally {
    unlisten()
  }
}
