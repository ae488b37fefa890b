// A call that waits in AsyncAGI, told what to do by plain AMI.
import { randomUUID } from 'node:crypto'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import type { Target } from '../../targets.ts'
import { Ears } from './ears.ts'

const TOLD = /^(?:AGIExecStart|AGIExecEnd|AsyncAGI\w+|Hangup|VarSet|Newexten)$/

/** One such call. */
export class AsyncCall implements AsyncDisposable {
  readonly uniqueid: string
  /** The environment, as it was encoded. */
  readonly environment: string
  readonly channel: string
  #ami: RawClient
  #ears: Ears

  private constructor(ami: RawClient, ears: Ears, uniqueid: string, start: string) {
    this.#ami = ami
    this.#ears = ears
    this.uniqueid = uniqueid
    this.environment = headerOf(start, 'Env') ?? ''
    this.channel = headerOf(start, 'Channel') ?? ''
  }

  /** @param args behind `agi:async`, as the dialplan would write them; or `dialplan`: then a dialplan runs the AGI */
  static async open(target: Target, args: string): Promise<AsyncCall> {
    const ami = await RawClient.login(target.port, 'call,agi,dialplan', target.username, target.secret)
    const ears = new Ears(ami)
    const uniqueid = randomUUID()
    ami.action({
      Action: 'Originate',
      Channel: 'Local/wait@default/n',
      ...(args === 'dialplan'
        ? { Context: 'default', Exten: 'fastagi', Priority: '1', Variable: 'AGIURL=agi:async' }
        : { Application: 'AGI', Data: `agi:async${args}` }),
      Async: 'true',
      ChannelId: uniqueid,
      OtherChannelId: `${uniqueid}-far`,
    })
    const start = await ears.next('AsyncAGIStart', `Uniqueid: ${uniqueid}`)
    return new AsyncCall(ami, ears, uniqueid, start)
  }

  /** Sends a command; gives AMI's answer to it. */
  async send(command: string, id = '', channel = this.uniqueid): Promise<string> {
    const ActionID = randomUUID()
    const action = { Action: 'AGI', ActionID, Channel: channel, Command: command }
    this.action(id === '' ? action : { ...action, CommandID: id })
    const answer = await this.#ears.first((lines) => lines.includes(`ActionID: ${ActionID}`), `answer to ${command}`)
    return headerOf(answer, 'Message') ?? ''
  }

  /** Sends a command and gives its result, decoded into one character a byte. */
  async ask(command: string): Promise<string> {
    const id = randomUUID()
    await this.send(command, id)
    return decoded(headerOf(await this.#ears.next('AsyncAGIExec', `CommandId: ${id}`), 'Result') ?? '')
  }

  /** What is told of the call, up to an event of that name and with that line. */
  async story(last: string, line = `Uniqueid: ${this.uniqueid}`): Promise<string[]> {
    const told: string[] = []
    for (;;) {
      const message = await this.#ears.first((lines) => lines.includes(`Uniqueid: ${this.uniqueid}`), last)
      const name = headerOf(message, 'Event') ?? ''
      if (TOLD.test(name)) told.push(summary(name, message))
      if (name === last && message.split('\r\n').includes(line)) return told
    }
  }

  action(headers: Record<string, string>): void {
    this.#ami.action(headers)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ami.ended) {
      this.action({ Action: 'Hangup', Channel: this.uniqueid })
      await this.#ami.ask({ Action: 'Ping' })
    }
    this.#ami[Symbol.dispose]()
  }
}

/** A message's first header of that name. */
export function headerOf(message: string, name: string): string | undefined {
  const line = message.split('\r\n').find((one) => one.startsWith(`${name}: `))
  return line?.slice(name.length + 2)
}

/** Percent-encoded bytes, one character each; an escape that was cut stays as it is. */
export function decoded(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

// what tells one event of its kind from another; a CommandId of AGIExec is a random number
function summary(name: string, message: string): string {
  const names = ['Command', 'ResultCode', 'Result', 'Variable', 'Value', 'Extension', 'Application', 'AppData', 'Cause']
  const id = name === 'AsyncAGIExec' ? [headerOf(message, 'CommandId') ?? 'no id'] : []
  const values = names.map((one) => headerOf(message, one)).filter((value) => value !== undefined)
  return [name, ...values, ...id].join(' | ')
}
