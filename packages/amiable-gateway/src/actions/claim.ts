// An idempotency key: the first request with it runs, and no other ever does.
import { createHash } from 'node:crypto'
import type { KeyRecord, KeyStore } from '../bus/keys.ts'
import type { ReplyBody } from '../schema/action.ts'
import { Refused } from './refused.ts'
import type { ActionRequest } from './request.ts'

/** What claiming a key needs. */
export interface ClaimHost {
  readonly keys: KeyStore | undefined
  readonly gateway: string
  readonly now: () => number
  /** Whether a gateway still answers. */
  readonly isAlive: (gateway: string) => Promise<boolean>
}

/** A key in the hands of the request that runs. */
export interface Claim {
  /** Keeps the reply for those that ask again. */
  keep(reply: ReplyBody): Promise<void>
  /** Gives the key back: the action certainly did not run. */
  giveBack(): Promise<void>
}

/** How long after its time-out an action without a reply is given up. */
const GRACE = 1_000

/**
 * Claims the key of a request before anything of it is sent.
 * @returns the claim, or the reply of the request that had it first
 * @throws {Refused} if the key belongs to another request, or to one whose end nobody knows yet
 */
export async function claimKey(
  request: ActionRequest & { readonly key: string },
  { server, caller, timeout }: { server: string; caller: string; timeout: number },
  host: ClaimHost,
): Promise<Claim | { readonly replay: ReplyBody }> {
  const { keys, gateway, now } = host
  if (keys === undefined) throw unreachable()
  const key = keyOf(caller, server, request)
  const record: KeyRecord = { state: 'started', gateway, digest: digestOf(request), until: now() + timeout + GRACE }
  const made = await keys.create(key, record).catch(() => {
    throw unreachable()
  })
  if ('found' in made) return { replay: await replayOf(made.found, record.digest, host) }
  const { revision } = made
  return {
    keep: (reply) => keys.update(key, { ...record, state: 'done', reply }, revision),
    giveBack: () => keys.remove(key, revision),
  }
}

async function replayOf(found: KeyRecord, digest: string, { now, isAlive }: ClaimHost): Promise<ReplyBody> {
  if (found.digest !== digest) {
    throw new Refused('GW_KEY_REUSED', 'Amiable-Key must be new: another request has used it within the last hour')
  }
  if (found.state === 'done') return { ...(found.reply as ReplyBody), replayed: true }
  if (now() < found.until && (await isAlive(found.gateway))) {
    throw new Refused('GW_IN_PROGRESS', `the request with this key is under way on ${found.gateway}: ask again`, {
      delivered: 'unknown',
      retryable: true,
    })
  }
  const text = `${found.gateway} began the request with this key, and its end is not known: look before you ask with a new key`
  throw new Refused('AMI_LOST', text, { delivered: 'unknown' })
}

function unreachable(): Refused {
  return new Refused('GW_UNAVAILABLE', 'the store of keys does not answer, so nothing was sent', { retryable: true })
}

/** Returns the name in the store: a hash, so that no key can be another's, whatever it is made of. */
function keyOf(caller: string, server: string, { action, key }: ActionRequest): string {
  return hash([caller, server, action.name.toLowerCase(), key ?? ''])
}

/** Returns the channel's id of a call with this key. It has one length, so that none begins with another. */
export function channelIdOf(caller: string, server: string, key: string): string {
  return `gw-${hash(['channel', caller, server, key]).slice(0, 32)}`
}

function digestOf({ params, variables, wait, class: group }: ActionRequest): string {
  return hash([JSON.stringify(params), JSON.stringify(variables), wait ?? '', group])
}

function hash(parts: readonly string[]): string {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(`${part.length}:${part}`)
  return sum.digest('base64url')
}
