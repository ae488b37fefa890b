// Many actions over one connection for each server, one after the other.
import type { Readable } from 'node:stream'
import { ActionError, AmiError, type Client } from 'amiable'
import type { Target } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { explain } from '../errors/explain.ts'
import type { Common, Io } from '../io.ts'
import { printReply, type ReplyFormat } from '../output/reply.ts'
import { report } from '../output/report.ts'
import { logOff, open } from '../server/session.ts'
import { type Action, actionWith, dryRun, mayBeSent, onlyReads } from './action.ts'
import { readActions } from './read-actions.ts'

export interface SendAllOptions {
  readonly check: boolean
  readonly yes: boolean
  readonly dryRun: boolean
  readonly timeout: number | undefined
  readonly format: ReplyFormat
}

/** Sends the actions of a stream. Returns the exit status of the first that failed. */
export async function sendAll(
  io: Io,
  common: Common,
  targets: readonly Target[],
  input: Readable,
  options: SendAllOptions,
): Promise<number> {
  const { format } = options
  const json = format === 'json' || format === 'jsonl'
  const clients = new Map<Target, Client>()
  let status: number = EXIT.done
  const failed = (error: unknown, more: { source?: string; line?: number; reads?: boolean } = {}) => {
    const { source, line, reads = false } = more
    const explained = explain(error, { reads })
    const where = line === undefined ? '' : `line ${line}: `
    const message = `${where}${explained.message.replace(`${source}: `, '')}`
    const exit = report(io, { ...explained, message, source: source ?? explained.source }, json)
    if (status === EXIT.done) status = exit
  }
  const stop = () => void input.destroy()
  io.signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.all(
      targets.map(async (target) => {
        try {
          clients.set(target, await open(io, common, target, { events: 'off', timeout: options.timeout }))
        } catch (error) {
          if (io.signal.aborted) throw error
          failed(error, { source: target.name })
        }
      }),
    )
    const several = targets.length > 1
    if (clients.size === 0 && !options.dryRun) return status
    for await (const read of readActions(input)) {
      io.signal.throwIfAborted()
      if ('error' in read) {
        failed(read.error, { line: read.line })
        continue
      }
      let action: Action
      try {
        action = actionWith(read.name, read.params, { check: options.check })
        if (options.dryRun) {
          await dryRun(io, action)
          await io.out.line('')
          continue
        }
        await mayBeSent(io, common, [...clients.keys()], action, options.yes)
      } catch (error) {
        failed(error, { line: read.line })
        continue
      }
      await Promise.all([...clients].map(([target, client]) => sendTo(target, client, action, read.line)))
      if (clients.size === 0 && !options.dryRun) {
        await io.err.line(`what stands behind line ${read.line} was not sent`)
        break
      }
    }
    io.signal.throwIfAborted()
    return several && status !== EXIT.done ? EXIT.some : status

    async function sendTo(target: Target, client: Client, action: Action, line: number): Promise<void> {
      const reads = onlyReads(action)
      try {
        const response = await client.sendRaw(action.name, action.params, { ...action.options, signal: io.signal })
        await printReply(io, common, response, { format, several })
      } catch (error) {
        if (io.signal.aborted) throw error
        failed(error, { source: target.name, line, reads })
        // what is behind a lost connection was not sent
        if (AmiError.is(error) && !(error instanceof ActionError) && client.state !== 'ready') clients.delete(target)
      }
    }
  } catch (error) {
    io.signal.throwIfAborted()
    failed(error)
    return status
  } finally {
    io.signal.removeEventListener('abort', stop)
    stop()
    await Promise.all([...clients.values()].map((client) => logOff(io, client)))
  }
}
