import type { Client } from 'amiable'
import type { SeededRandom } from 'amiable/testing'

// calls that come to rest by themselves, and calls that go on saying something until they end
const RESTING = ['wait', 'conf', 'park', 'qempty', 'hold', 'bridgewait', 'echo']
const RESTLESS = [
  'dial',
  'dialbusy',
  'dialcongestion',
  'busy',
  'congestion',
  'quick',
  'early',
  'q',
  'answered',
  'progress',
]

interface LoadedCall {
  readonly id: string
  readonly extension: string
}

/** Calls and queue members that come, go and change as a seed says. */
export class Load {
  #ami: Client
  #random: SeededRandom
  #calls: LoadedCall[] = []
  #count = 0
  #pending = new Set<Promise<unknown>>()

  constructor(ami: Client, random: SeededRandom) {
    this.#ami = ami
    this.#random = random
  }

  /** One thing happens. */
  act(): void {
    const random = this.#random
    const act = random.integer(0, 19)
    if (act < 8 || this.#calls.length === 0) this.#originate()
    else if (act < 11) this.#hangUp(random.pick(this.#calls))
    else if (act < 13) this.#redirect(random.pick(this.#calls))
    else if (act < 18) this.#member()
    else if (act < 19) this.#room()
    else
      this.#do('Setvar', {
        Variable: `DEVICE_STATE(Custom:desk20${random.integer(1, 2)})`,
        Value: random.pick(['INUSE', 'RINGING', 'NOT_INUSE']),
      })
  }

  /** Ends what goes on saying something. */
  async rest(): Promise<void> {
    await Promise.all(this.#pending)
    for (const call of this.#calls.filter(({ extension }) => RESTLESS.includes(extension))) this.#hangUp(call)
    await Promise.all(this.#pending)
  }

  /** Ends everything. */
  async end(): Promise<void> {
    await Promise.all(this.#pending)
    this.#do('Hangup', { Channel: '/^Local\\/.*$/' })
    for (let n = 0; n < 4; n++) this.#do('QueueRemove', { Queue: 'sales', Interface: `Local/none${n}@default` })
    await Promise.all(this.#pending)
  }

  #originate(): void {
    const extension = this.#random.pick([...RESTING, ...RESTLESS])
    const id = `load-${process.pid}-${Date.now()}-${++this.#count}`
    this.#calls.push({ id, extension })
    this.#do('Originate', {
      Channel: `Local/${extension}@default/n`,
      Application: 'Wait',
      Data: 60,
      Async: true,
      ChannelId: `${id}a`,
      OtherChannelId: `${id}b`,
      CallerID: `Caller ${this.#count} <${100 + this.#count}>`,
    })
  }

  #hangUp(call: LoadedCall): void {
    this.#calls = this.#calls.filter((one) => one !== call)
    this.#do('Hangup', { Channel: `${call.id}a`, Cause: this.#random.pick([16, 17, 34]) })
    this.#do('Hangup', { Channel: `${call.id}b` })
  }

  #redirect(call: LoadedCall): void {
    const extension = this.#random.pick(RESTING)
    this.#do('Redirect', { Channel: `${call.id}b`, Context: 'default', Exten: extension, Priority: 1 })
  }

  // paused, so that the queue stays silent
  #member(): void {
    const random = this.#random
    const one = { Queue: 'sales', Interface: `Local/none${random.integer(0, 3)}@default` }
    const act = random.integer(0, 4)
    if (act < 2)
      this.#do('QueueAdd', {
        ...one,
        Paused: true,
        Penalty: random.integer(0, 5),
        MemberName: `M${random.integer(0, 9)}`,
      })
    else if (act === 2) this.#do('QueueRemove', one)
    else if (act === 3) this.#do('QueuePenalty', { ...one, Penalty: random.integer(0, 5) })
    else this.#do('QueuePause', { ...one, Paused: true, Reason: random.pick(['lunch', 'break']) })
  }

  #room(): void {
    this.#do(this.#random.pick(['ConfbridgeMute', 'ConfbridgeUnmute']), { Conference: '100', Channel: 'all' })
  }

  /** Whatever the answer: what is gone meanwhile is refused. */
  #do(action: string, params: Record<string, string | number | boolean>): void {
    const done = this.#ami.sendRaw(action, params, { check: false }).catch(() => {})
    this.#pending.add(done)
    void done.finally(() => this.#pending.delete(done))
  }
}
