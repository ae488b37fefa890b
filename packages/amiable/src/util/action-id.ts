/** Makes ActionIDs that no other client makes: UserEvent and OriginateResponse show them to every session. */
export function actionIds(): { next(): string; owns(id: string): boolean } {
  const words = crypto.getRandomValues(new Uint32Array(2))
  const prefix = `${Array.from(words, (word) => word.toString(36)).join('')}-`
  let count = 0
  return {
    next: () => prefix + (++count).toString(36),
    owns: (id) => id.startsWith(prefix),
  }
}
