import { checkOptions, checkSignal } from '../check.ts'
import { ConnectError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { nodeTooOld } from '../util/node-version.ts'
import { Client } from './client.ts'
import { type ClientOptions, checkClientOptions } from './options.ts'
import { OF_CLIENT, refuseOtherNames } from './other-names.ts'

refuseOtherNames(Client.prototype, OF_CLIENT)

/**
 * Makes a client; nothing is sent before {@link Client.connect}, so that listeners can be attached first.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function createClient(options: ClientOptions): Client {
  return new Client(options)
}

/**
 * Gives a client that is ready to use, and reconnects for life from then on.
 * @throws {ArgumentError} at once, naming the option that is wrong
 * Rejects with `AMI_CONNECT`, `AMI_AUTH` or the signal's reason if the first attempt fails; nothing stays open then.
 */
export function connect(options: ClientOptions, more: { signal?: AbortSignal | undefined } = {}): Promise<Client> {
  checkClientOptions(options)
  const { signal } = checkOptions<typeof more>('', more, { signal: true }, 'an object such as { signal }')
  checkSignal('signal', signal)
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
