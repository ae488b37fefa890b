// What the page asks of its server besides the stream.
import type { ActRequest, Outcome, Refusal } from '../../protocol/action.ts'
import type { Me, SignIn } from '../../protocol/person.ts'

/** The server refuses, or does not answer: then the code is `network`. */
export class ApiError extends Error {
  readonly code: Refusal['code'] | 'network'
  readonly retryAfter: number | undefined

  constructor(code: Refusal['code'] | 'network', message: string, retryAfter?: number) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Where packets go nowhere, a request would last for minutes. */
const ANSWER = 10_000

async function ask<T>(path: string, body?: object, method = 'POST'): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method: body === undefined ? 'GET' : method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'x-amiable': '1' } }),
    })
  } catch (error) {
    throw new ApiError('network', String(error))
  }
  if (response.ok) return (response.status === 204 ? undefined : await bodyOf(response)) as T
  const refusal = (await response.json().catch(() => undefined)) as Refusal | undefined
  throw new ApiError(refusal?.code ?? 'network', refusal?.message ?? '', refusal?.retryAfter)
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    throw new ApiError('network', String(error))
  }
}

/** Asks who one is. */
export const askMe = (): Promise<Me> => ask('/api/me')
/** Signs in. */
export const signIn = (given: SignIn): Promise<Me> => ask('/api/sign-in', given)
/** Signs out. */
export const signOut = (): Promise<void> => ask('/api/sign-out', {})
/** Asks for an action. */
export const act = (request: ActRequest): Promise<Outcome> => ask('/api/act', request)
/** Asks what became of an action. */
export const outcomeOf = (id: string): Promise<Outcome> => ask(`/api/act/${encodeURIComponent(id)}`)
/** Makes a display link of a board; returns its address. */
export const makeLink = (board: string): Promise<{ url: string }> => ask('/api/displays', { board })
/** Takes a display link away, and the board from the screen that took it. */
export const revokeLink = (id: string): Promise<void> => ask(`/api/displays/${id}`, {}, 'DELETE')
/** Asks for any address that answers with JSON. */
export const read = <T>(path: string): Promise<T> => ask(path)
