import { checkFunction, checkOptions, checkRecord } from '../check.ts'
import { invalid } from '../errors.ts'
import type { AgiRequest } from './environment.ts'
import type { AgiHandler } from './handler.ts'

/** A handler that hands each call to the handler of its path. */
export interface AgiRouter extends AgiHandler {
  /** Whether there is a handler for it. */
  matches(request: AgiRequest): boolean
}

interface Route {
  readonly pattern: string
  readonly segments: readonly string[]
  readonly handler: AgiHandler
}

type Params = Readonly<Record<string, string>>

/**
 * Makes a handler of handlers by path: `ivr/main`, `sales/:team`, `files/*`. The more literal pattern comes first. A call
 * without a route is refused, and its AGISTATUS is FAILURE over FastAGI; `otherwise` takes it instead.
 * @throws {ArgumentError} for a pattern that is wrong, and for two that fit the same path and neither of them better
 */
export function router(
  routes: Readonly<Record<string, AgiHandler>>,
  options: { readonly otherwise?: AgiHandler | undefined } = {},
): AgiRouter {
  checkRecord('routes', routes, 'an object of patterns and handlers')
  const { otherwise } = checkOptions<typeof options>(
    '',
    options,
    { otherwise: true },
    'an object such as { otherwise }',
  )
  if (otherwise !== undefined) checkFunction('otherwise', otherwise)
  const table = Object.entries(routes).map(([pattern, handler]) => routeOf(pattern, handler))
  for (const [at, one] of table.entries()) {
    for (const other of table.slice(at + 1)) {
      if (overlap(one, other)) {
        throw invalid(`routes['${other.pattern}']`, `cannot stand beside '${one.pattern}': a path can fit both`)
      }
    }
  }
  table.sort((a, b) => rank(a) - rank(b) || b.segments.length - a.segments.length || bySegments(a, b))
  const find = ({ path }: AgiRequest): readonly [AgiHandler, Params] | undefined => {
    const segments = split(path).map(decoded)
    for (const route of table) {
      const params = match(route, segments)
      if (params) return [route.handler, params]
    }
    return otherwise && [otherwise, {}]
  }
  const route: AgiHandler = (call) => {
    const found = find(call.request)
    if (found === undefined) throw invalid('path', 'is unknown: the router has no such route')
    const [handler, params] = found
    call.routed(params)
    return handler(call)
  }
  return Object.assign(route, { matches: (request: AgiRequest) => find(request) !== undefined })
}

function routeOf(pattern: string, handler: unknown): Route {
  checkFunction(`routes['${pattern}']`, handler)
  const segments = split(pattern)
  const names = segments.filter((one) => one.startsWith(':'))
  const wrong =
    segments.slice(0, -1).includes('*') ||
    names.some((name) => !/^:[A-Za-z_]\w*$/.test(name)) ||
    new Set(names).size < names.length
  if (!wrong) return { pattern, segments, handler: handler as AgiHandler }
  throw invalid(`routes['${pattern}']`, "must be a path such as 'a/:name' or 'a/*', each name once")
}

function split(path: string): string[] {
  return path === '' ? [] : path.split('/')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function match({ segments }: Route, path: readonly string[]): Params | undefined {
  const rest = segments.at(-1) === '*'
  if (rest ? path.length < segments.length : path.length !== segments.length) return undefined
  const params: Record<string, string> = Object.create(null)
  for (const [at, segment] of segments.entries()) {
    const part = path[at] as string
    if (segment === '*') params['*'] = path.slice(at).join('/')
    else if (segment.startsWith(':')) params[segment.slice(1)] = part
    else if (segment !== part) return undefined
  }
  return params
}

// 0 for a literal, 1 for a name, 2 for the rest
function kind(segment: string | undefined): number {
  if (segment === '*') return 2
  return segment?.startsWith(':') ? 1 : 0
}

function rank({ segments }: Route): number {
  return kind(segments.at(-1)) === 2 ? 1 : 0
}

function bySegments(a: Route, b: Route): number {
  for (const [at, segment] of a.segments.entries()) {
    const difference = kind(segment) - kind(b.segments[at])
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether a path fits both, and neither is the more literal one in every place where they differ. */
function overlap(a: Route, b: Route): boolean {
  const both = Math.min(a.segments.length, b.segments.length)
  let better = 0
  let worse = 0
  for (let at = 0; at < both; at++) {
    const [one, other] = [a.segments[at] as string, b.segments[at] as string]
    const [of, to] = [kind(one), kind(other)]
    if (of === 0 && to === 0 && one !== other) return false
    if (of < to) better++
    else if (of > to) worse++
    if (of === 2 || to === 2) return better > 0 && worse > 0 ? true : of === to
  }
  if (a.segments.length !== b.segments.length) return false
  return better > 0 === worse > 0
}
