/** Says which Node is needed, where this one lacks what the client is built on; undefined where it has it. */
export function nodeTooOld(): string | undefined {
  if (typeof process.getBuiltinModule === 'function') return undefined
  return `Node ${process.version} is too old for amiable: use Node 20.19, 22.12 or newer`
}
