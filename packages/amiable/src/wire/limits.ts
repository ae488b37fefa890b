/** What a peer may make us hold. */
export interface Limits {
  /** Bytes of a line. @default 65_536 */
  line: number
  /** Bytes of a message. @default 1_048_576 */
  message: number
  /** Headers of a message. @default 4_096 */
  headers: number
  /** Rows that `send` collects for one list, or that one `list` holds for a consumer that lags. @default 100_000 */
  rows: number
}

/** The limits that hold where the caller sets none. */
export const defaultLimits: Readonly<Limits> = {
  // Asterisk bounds its input (manager.c:get_input) but not its own lines: GetConfigJSON and `Output:` can be long
  line: 65_536,
  message: 1_048_576,
  headers: 4_096,
  rows: 100_000,
}
