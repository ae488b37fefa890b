/** A message as plain data: its headers by name. A header that repeats is an array. */
export interface MessageJson {
  [name: string]: string | string[] | number | boolean | MessageJson | MessageJson[]
}

/*
 * V8 reserves in an object what its constructor's text assigns. It turns an object that outgrows this by a dozen into a
 * hash table (Map::TooManyFastProperties): a literal's four fields make one of nearly every event of a channel.
 */
function Json(this: MessageJson, reserve: boolean): void {
  if (!reserve) return
  this.a = this.b = this.c = this.d = this.e = this.f = this.g = this.h = this.i = this.j = this.k = this.l = 0
  this.m = this.n = this.o = this.p = this.q = this.r = this.s = this.t = this.u = this.v = this.w = this.x = 0
}
Json.prototype = Object.prototype
const PlainJson = Json as unknown as new (reserve: boolean) => MessageJson
// what the first objects leave unused is given up for all: the very first uses it
new PlainJson(true)

/** Makes a plain object with room for the headers of most messages. */
export function emptyJson(): MessageJson {
  return new PlainJson(false)
}

/** Adds a header. */
export function addTo(json: MessageJson, name: string, value: string): void {
  // a name that stands twice, or that every object has: rare enough to be asked for by its absence
  if (json[name] === undefined) json[name] = value
  else addAgain(json, name, value)
}

/** Adds headers, and returns the object. */
export function addAll(json: MessageJson, headers: Iterable<readonly [name: string, value: string]>): MessageJson {
  for (const [name, value] of headers) addTo(json, name, value)
  return json
}

function addAgain(json: MessageJson, name: string, value: string): void {
  const before = Object.hasOwn(json, name) ? json[name] : undefined
  if (before === undefined) {
    Object.defineProperty(json, name, { value, enumerable: true, configurable: true, writable: true })
  } else if (Array.isArray(before)) (before as string[]).push(value)
  else json[name] = [before as string, value]
}
