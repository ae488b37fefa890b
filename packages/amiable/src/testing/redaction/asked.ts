/** What a request lets its answer hold. */
export interface Asked {
  /** Its answer's `Value` is a secret. */
  readonly secret: boolean
  /** The configuration file that was asked for; empty where none was. */
  readonly file: string
  /** What was hidden in it: an answer may say it again. */
  readonly hidden: readonly string[]
}

// calls that wait for their answers; what is past it is forgotten, the oldest first
const MOST = 1024

/** Remembers of the requests of a recording what their answers may hold. */
export class AskedBefore {
  #calls = new Map<string, Asked>()
  /** Those without an ActionID, which a session answers in their order. */
  #unnamed = new Map<number, Asked[]>()
  /** AGI commands by channel and CommandID: whether their result is a secret. */
  #commands = new Map<string, boolean>()

  /** Whether an answer to anything is to be looked at. */
  get waits(): boolean {
    return this.#calls.size > 0
  }

  ask(session: number, actionId: string, asked: Asked): void {
    if (actionId === '') {
      const list = this.#unnamed.get(session) ?? []
      if (list.length < MOST) list.push(asked)
      this.#unnamed.set(session, list)
    } else if (asked.secret || asked.file !== '' || asked.hidden.length > 0) {
      put(this.#calls, `${session} ${actionId}`, asked)
    }
  }

  /** Returns what was asked for; `last` says that no more of the answer comes. */
  answered(session: number, actionId: string, last: boolean): Asked | undefined {
    if (actionId === '') return this.#unnamed.get(session)?.shift()
    const key = `${session} ${actionId}`
    const asked = this.#calls.get(key)
    if (last) this.#calls.delete(key)
    return asked
  }

  command(channel: string, id: string, secret: boolean): void {
    const key = `${channel} ${id}`
    // without an id, one of several may be a secret
    put(this.#commands, key, secret || (id === '' && this.#commands.get(key) === true))
  }

  /** Whether the result of an AGI command is a secret; `undefined` where nobody was seen to ask for it. */
  result(channel: string, id: string): boolean | undefined {
    return this.#commands.get(`${channel} ${id}`)
  }

  /** Forgets a session that has ended: nothing of it is answered any more. */
  end(session: number): void {
    this.#unnamed.delete(session)
    for (const key of this.#calls.keys()) if (key.startsWith(`${session} `)) this.#calls.delete(key)
  }
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
