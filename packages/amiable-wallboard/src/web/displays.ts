// The addresses of display links.
import type { Context, Hono } from 'hono'
import type { Identity } from '../people/identity.ts'
import { mayLink, type Person } from '../people/person.ts'
import type { RefusalCode } from '../protocol/action.ts'
import type { Site } from '../protocol/person.ts'
import { type Audited, bodyOf, refuse, TOO_LONG, type Web } from './guard.ts'
import type { Streams } from './streams.ts'

interface DisplayParts {
  readonly identity: Identity
  readonly streams: Streams
  readonly site: Site
  readonly audited: Audited
}

/** Adds the addresses at which links are made, listed and revoked. */
export function addDisplays(app: Hono<Web>, { identity, streams, site, audited }: DisplayParts): void {
  const { displays } = identity
  /** Says why somebody may have nothing to do with links, or nothing. */
  const whyNot = (person: Person): [code: RefusalCode, text: string] | undefined => {
    if (person.role !== 'supervisor' && person.role !== 'admin') return ['forbidden', 'is for supervisors']
    return mayLink(person)
      ? undefined
      : ['scope', 'a link shows all of its board: it is for those who may see everything']
  }
  /** Does what somebody asks for, and writes it into the audit log. */
  const asked = async (
    context: Context<Web>,
    verb: 'display' | 'revokeDisplay',
    work: (person: Person) => Promise<Refused | Done>,
  ): Promise<Response> => {
    const { person, address } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    const why = whyNot(person)
    const result: Refused | Done = why === undefined ? await work(person) : { code: why[0], text: why[1] }
    const { key = null, on = null } = 'answer' in result ? result : {}
    audited(verb, person, address, { code: 'code' in result ? result.code : null, key, on })
    if ('code' in result) return refuse(context, result.code, result.text)
    context.header('cache-control', 'no-store')
    return result.answer === null ? context.body(null, 204) : context.json(result.answer)
  }
  app.get('/api/displays', (context) => {
    const { person } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    const why = whyNot(person)
    if (why !== undefined) return refuse(context, ...why)
    context.header('cache-control', 'no-store')
    return context.json({ displays: displays.list() })
  })
  app.post('/api/displays', (context) =>
    asked(context, 'display', async ({ name }) => {
      const body = await bodyOf(context)
      if (body === TOO_LONG) return { code: 'long', text: 'is too long' }
      const { board } = (body ?? {}) as Record<string, unknown>
      const known = site.boards.find((one) => one.name === board)
      if (known === undefined) return { code: 'gone', text: 'there is no such board' }
      const made = displays.make(known.name, name, Date.now())
      if (made === undefined) return { code: 'unavailable', text: 'there are too many display links' }
      const { id, token } = made
      return { answer: { id, url: `/display/${token}` }, key: id, on: known.name }
    }),
  )
  app.delete('/api/displays/:id', (context) =>
    asked(context, 'revokeDisplay', async () => {
      const id = context.req.param('id') ?? ''
      const on = displays.list().find((one) => one.id === id)?.board ?? null
      if (!displays.revoke(id)) return { code: 'gone', text: 'there is no such display' }
      streams.resetWhere(({ role, name }) => role === 'display' && name === id, 'rights')
      return { answer: null, key: id, on }
    }),
  )
}

interface Refused {
  readonly code: RefusalCode
  readonly text: string
}

interface Done {
  readonly answer: object | null
  readonly key: string
  readonly on: string | null
}
