// The addresses of actions.
import type { Hono } from 'hono'
import type { Audit } from '../actions/audit.ts'
import type { Desk } from '../actions/desk.ts'
import { Refused } from '../actions/refused.ts'
import { readRequest } from '../actions/request.ts'
import { bodyOf, refuse, TOO_LONG, type Web } from './guard.ts'

const MOST_ENTRIES = 1_000

/** Adds the addresses of actions. */
export function addActions(app: Hono<Web>, desk: Desk, audit: Audit): void {
  app.post('/api/act', async (context) => {
    const { person, address } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    const body = await bodyOf(context)
    if (body === TOO_LONG) return refuse(context, 'long', 'is too long')
    try {
      const outcome = desk.act(person, readRequest(body), address, Date.now())
      context.header('cache-control', 'no-store')
      return context.json(outcome, 202)
    } catch (error) {
      if (error instanceof Refused)
        return refuse(context, error.code, error.message, error.code === 'throttled' ? 1 : undefined)
      throw error
    }
  })
  app.get('/api/act/:id', (context) => {
    const { person } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    const outcome = desk.outcome(person.name, context.req.param('id'))
    if (outcome === undefined) return refuse(context, 'gone', 'there is no such action of yours')
    context.header('cache-control', 'no-store')
    return context.json(outcome)
  })
  app.get('/api/audit', (context) => {
    const { person } = context.var
    if (person === undefined) return refuse(context, 'signIn', 'nobody is signed in')
    if (person.role !== 'admin' && person.role !== 'supervisor')
      return refuse(context, 'forbidden', 'is for supervisors')
    const limit = Math.min(MOST_ENTRIES, Math.max(1, Number(context.req.query('limit') ?? 100) || 100))
    context.header('cache-control', 'no-store')
    // a supervisor sees what he did himself
    const entries = audit.last(limit, ({ user }) => person.role === 'admin' || user === person.name)
    return context.json({ entries })
  })
}
