import { type RecordKind, STATE_KINDS, type StateFrame } from '../schema/state.ts'

const RECORD_KINDS: ReadonlySet<string> = new Set(Object.values(STATE_KINDS))

/** Reads what every record says, or returns undefined for what no gateway has written. */
export function frameOf(text: string): StateFrame | undefined {
  try {
    const found = JSON.parse(text) as Partial<StateFrame> | null
    const { kind, key, term } = found ?? {}
    return typeof kind === 'string' && typeof key === 'string' && Number.isSafeInteger(term)
      ? (found as StateFrame)
      : undefined
  } catch {
    return undefined
  }
}

/** Whether it is one of many, and not what is said of all. */
export function isRecord(frame: StateFrame | undefined): frame is StateFrame & { readonly kind: RecordKind } {
  return frame !== undefined && RECORD_KINDS.has(frame.kind)
}
