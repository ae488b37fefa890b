// The connection that a shell keeps, and what its prompt says of it.
import type { Client } from 'amiable'
import type { Target } from '../context/targets.ts'
import type { Common, Io } from '../io.ts'
import { visible } from '../output/visible.ts'
import { logOff, open } from '../server/session.ts'

/** A connection to one server, which is made again when it is lost. */
export class Connection {
  readonly target: Target
  readonly #io: Io
  readonly #client: Client

  private constructor(io: Io, target: Target, client: Client) {
    this.#io = io
    this.target = target
    this.#client = client
  }

  /** Connects and logs in. `changed` is called with what is to be said whenever the connection is lost or there again. */
  static async open(
    io: Io,
    common: Common,
    target: Target,
    timeout: number | undefined,
    changed: (says: string) => void,
  ): Promise<Connection> {
    const client = await open(io, common, target, { events: 'off', timeout, stays: true })
    void (async () => {
      for await (const status of client.status()) {
        if (status.type === 'lost') changed(status.error.message)
        else if (status.type === 'ready') changed(`${client.name}: connected again`)
        else if (status.type === 'closed' && status.reason.error !== undefined) changed(status.reason.error.message)
      }
    })()
    return new Connection(io, target, client)
  }

  /** The client while it is logged in. */
  get client(): Client | undefined {
    return this.#client.state === 'ready' ? this.#client : undefined
  }

  get prompt(): string {
    const { name, context } = this.target
    const kind = context.readOnly ? ' (read-only)' : context.protect ? ' (protected)' : ''
    return `${visible(`${context.username}@${name}`)}${kind}${this.client === undefined ? ' (down)' : ''}> `
  }

  async close(): Promise<void> {
    await logOff(this.#io, this.#client)
  }
}
