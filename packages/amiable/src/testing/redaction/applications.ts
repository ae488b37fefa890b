const COMMA = 44

/** Applications and functions that take a secret, and behind how many commas it stands. */
const takesSecret: Readonly<Record<string, number>> = {
  ...{ authenticate: 0, vmauthenticate: 0, disa: 0, meetme: 2, aes_encrypt: 0, aes_decrypt: 0 },
}

/**
 * Returns behind how many commas of its arguments an application or function takes a secret; `undefined` if it takes
 * none.
 */
export function secretArgument(application: string): number | undefined {
  const lower = application.trim().toLowerCase()
  return Object.hasOwn(takesSecret, lower) ? takesSecret[lower] : undefined
}

/** Returns where the secret of an application begins within its arguments. */
export function startOfArgument(text: string, from: number, to: number, commas: number): number {
  let left = commas
  let at = from
  while (left > 0 && at < to) if (text.charCodeAt(at++) === COMMA) left--
  return at
}
