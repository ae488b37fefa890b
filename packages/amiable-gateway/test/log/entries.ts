import type { Entry } from '../../src/log/entry.ts'

/** Makes an entry of 100 bytes whose hash is its name. */
export function entry(hash: string, more: Partial<Entry> = {}): Entry {
  const json = `{"Event":"${hash}"}`
  return {
    event: hash,
    call: undefined,
    at: 0,
    heard: 0,
    hash,
    unique: false,
    userEvent: undefined,
    json,
    bytes: 100,
    ...more,
  }
}
