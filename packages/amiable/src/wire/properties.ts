import { type Lookup, lookupOf } from './lookup.ts'

/**
 * Lets what has this prototype be asked for each header as a property of that name. A Proxy does that. It stands behind
 * the prototype and not before the message. So members are found in front of it, as fast as those of any object, and
 * only a name that nothing else has reaches it.
 */
export function readsHeaders<T extends object>(
  prototype: T,
  headerOf: (message: T, lookup: Lookup) => string | undefined,
): void {
  const behind = Object.create(Object.prototype, {}) as object
  Object.setPrototypeOf(
    prototype,
    new Proxy(behind, {
      get(target, name, receiver) {
        // the one that a promise asks each answer for
        if (name === 'then') return undefined
        if (typeof name === 'symbol') return Reflect.get(target, name, receiver)
        const lookup = lookupOf(name)
        return lookup.reserved ? Reflect.get(target, name, receiver) : headerOf(receiver as T, lookup)
      },
      // The matchers of test runners go up the prototypes, and ask each for a property of its own before they read it of
      // the message. `in` stays false: it asks without the message, and no name is a member.
      getOwnPropertyDescriptor(target, name) {
        if (typeof name === 'string' && !lookupOf(name).reserved) return { value: undefined, configurable: true }
        return Reflect.getOwnPropertyDescriptor(target, name)
      },
    }),
  )
}
