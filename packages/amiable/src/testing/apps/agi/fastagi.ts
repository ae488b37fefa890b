import { resolveSrv } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import type { Clock } from '../../../util/clock.ts'
import type { Channel } from '../../model/channel.ts'
import { isFalse, isTrue } from '../../protocol/byte-text.ts'
import type { ApplicationCall } from '../pbx.ts'
import type { Status } from './asyncagi.ts'
import type { AgiCall } from './call.ts'
import { handle } from './commands.ts'
import { environment } from './environment.ts'
import { StdioInput } from './stdio.ts'

// res_agi.c:MAX_AGI_CONNECT, AGI_PORT, AGI_BUF_LEN (8192 from 22.6 on)
const CONNECT = 2000
const PORT = 4573
const LINE = { 16: 2048, 22: 8192 } as const

/** Dials out to a FastAGI server and does what it says (res_agi.c:launch_netscript, run_agi). */
export async function fastAgi(call: ApplicationCall, url: string, args: readonly string[]): Promise<Status> {
  const { world, runner } = call
  const rest = url.slice(url.indexOf('://') + 3)
  const slash = rest.indexOf('/')
  const host = slash === -1 ? rest : rest.slice(0, slash)
  const script = slash === -1 ? '' : rest.slice(slash + 1)
  const socket = await dial(/^hagi:/i.test(url) ? await targets(host) : [host], world.core.clock)
  if (socket === undefined) return 'FAILURE'
  const off = runner.onStop(() => socket.destroy())
  try {
    return await new FastAgi(call, socket).run(url, script, args)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    off()
  }
}

/** Returns the addresses that a name stands for; a port is one already (res_agi.c:launch_ha_netscript). */
async function targets(host: string): Promise<string[]> {
  if (host.includes(':')) return [host]
  const records = await resolveSrv(`_agi._tcp.${host}`).catch(() => [])
  return records.sort((one, other) => one.priority - other.priority).map(({ name, port }) => `${name}:${port}`)
}

async function dial(hosts: readonly string[], clock: Clock): Promise<Socket | undefined> {
  for (const host of hosts) {
    const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(host)
    if (match === null) continue
    const address = { host: match[1] ?? match[2] ?? '', port: Number(match[3] ?? PORT) || PORT }
    if (address.port > 65_535) continue
    const socket = connect({ ...address, allowHalfOpen: true })
    const connected = await new Promise<boolean>((resolve) => {
      const timer = clock.setTimeout(() => resolve(false), CONNECT)
      const done = (is: boolean): void => {
        clock.clearTimeout(timer)
        resolve(is)
      }
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    if (connected) return socket
    socket.on('error', () => undefined)
    socket.destroy()
  }
  return undefined
}

class FastAgi implements AgiCall {
  readonly world
  readonly channel: Channel
  readonly pbx
  readonly input = new StdioInput()
  readonly #socket: Socket
  /** What is written waits behind what is cut in two. */
  #written: Promise<void> = Promise.resolve()
  #cutting = 0

  constructor({ world, channel, runner }: ApplicationCall, socket: Socket) {
    this.world = world
    this.channel = channel
    this.pbx = runner
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.input.push(bytes.toString('latin1')))
    for (const end of ['end', 'close', 'error']) socket.on(end, () => this.input.end())
  }

  send(text: string): void {
    const cut = this.channel.agiTap?.splitAt
    if (cut === undefined && this.#cutting === 0) {
      if (this.channel.agiTap?.together) this.#hold()
      this.#write(text)
      return
    }
    this.#cutting++
    this.#written = this.#written.then(async () => {
      this.#socket.setNoDelay(true)
      this.#write(text.slice(0, cut))
      if (cut !== undefined && text.length > cut) {
        // a reader in this process reads between a timer and an immediate, however late the timer was
        await new Promise<void>((resolve) => setTimeout(() => setImmediate(resolve), 5))
        this.#write(text.slice(cut))
      }
      this.#cutting--
    })
  }

  async run(url: string, script: string, args: readonly string[]): Promise<Status> {
    const { channel, input } = this
    const sighup = !isFalse(channel.get('AGISIGHUP') ?? '')
    const exitOnHangup = isTrue(channel.get('AGIEXITONHANGUP') ?? '')
    let status: Status = 'SUCCESS'
    let dead = channel.hungup
    this.send('agi_network: yes\n')
    this.send(`${script === '' ? '' : `agi_network_script: ${script}\n`}${environment(this.world, channel, url, args)}`)
    for (;;) {
      if (channel.agiTap?.silent) {
        await input.over
        break
      }
      if (!dead && (channel.interrupted || channel.gone)) {
        dead = true
        if (status === 'SUCCESS') status = 'HANGUP'
        if (sighup) this.send('HANGUP\n')
        if (exitOnHangup) break
      }
      if (!input.readable) {
        await this.#waits(dead)
        continue
      }
      const line = await input.line(LINE[this.world.core.version])
      if (line === '') break
      if (/^failure/i.test(line)) {
        status = 'FAILURE'
        break
      }
      const handled = await handle(this, line.replace(/\n$/, ''), dead)
      channel.agiTap?.answered()
      if (handled === 'failure' && (dead || !channel.interrupted)) status = 'FAILURE'
    }
    if (sighup && !channel.agiTap?.silent) this.send('HANGUP\n')
    await this.#written
    this.#socket.end()
    this.#socket.resume()
    return status
  }

  /** Waits until there is something to read, or the channel ends. */
  #waits(dead: boolean): Promise<void> {
    return new Promise((resolve) => {
      const offs: (() => void)[] = []
      const done = (): void => {
        for (const off of offs) off()
        resolve()
      }
      offs.push(this.input.onReadable(done))
      if (!dead) offs.push(this.channel.onInterrupt(done))
    })
  }

  /** Keeps what is written in this turn together. */
  #hold(): void {
    this.#socket.cork()
    setImmediate(() => this.#socket.uncork())
  }

  #write(text: string): void {
    if (this.#socket.writable) this.#socket.write(text, 'latin1')
  }
}
