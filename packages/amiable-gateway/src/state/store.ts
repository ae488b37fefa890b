// What the live state needs of whoever stores it.

/** A record as it is stored. */
export interface StoredRecord {
  readonly revision: number
  /** The record as JSON. */
  readonly text: string
  /** Whether the bucket takes it for deleted. */
  readonly gone: boolean
}

/** Stores the live state of one server. A store that does not answer in time rejects. */
export interface StateStore {
  /** The most bytes that a record may have. */
  readonly maxPayload: number
  readonly connected: boolean
  /** Returns the names of all records, those of deleted ones too. */
  names(): Promise<readonly string[]>
  /** Returns a record as the node that decides knows it. */
  get(name: string): Promise<StoredRecord | undefined>
  /**
   * Stores a record and returns its revision. Rejects with {@link RevisionError} where another one is stored than that
   * of `revision`, 0 for none.
   */
  put(name: string, text: string, revision: number, gone: boolean): Promise<number>
  /** Removes what is left of a deleted record. */
  forget(name: string, revision: number): Promise<void>
  /** Returns the term of the writer that was the last to say that it writes. */
  newestTerm(): Promise<number | undefined>
}

/** Somebody else has stored the record meanwhile. */
export class RevisionError extends Error {
  override readonly name = 'RevisionError'
}
