// Real messages of real servers, which capture.ts has written into site/examples.
import { existsSync, readFileSync } from 'node:fs'

/** What a server said, and which. */
export interface Example {
  /** Asterisk's major version. */
  readonly version: string
  /** One message a text, without its blank line. */
  readonly messages: readonly string[]
}

const actions = new Map<string, Example>()
const events = new Map<string, Example>()

for (const version of ['22', '16']) {
  const file = new URL(`../examples/asterisk-${version}.ami`, import.meta.url)
  if (!existsSync(file)) continue
  const parts = readFileSync(file, 'utf8').split(/^# (?=(?:action|event) \S+$)/m)
  for (const part of parts) {
    const [, kind, name = '', text = ''] = /^(action|event) (\S+)\n([\s\S]*)$/.exec(part) ?? []
    take(kind, name, version, text)
  }
}

/** What needs a device or a fault that capture.ts cannot make is a fixture of the tests. */
const FIXTURES: Readonly<Record<string, string>> = {
  FAXSession: 'faxsession-22',
  FAXSessions: 'faxsessions-one-16',
  IAXnetstats: 'iaxnetstats-calls-22',
  JabberSend: 'jabbersend-refused-22',
  SKINNYshowdevice: 'skinnyshowdevice-16',
  SKINNYshowline: 'skinnyshowline-16',
}

for (const [name, fixture] of Object.entries(FIXTURES)) {
  const text = readFileSync(new URL(`../../contract/fixtures/${fixture}.ami`, import.meta.url), 'utf8')
  take('action', name, fixture.slice(-2), text.replaceAll('\r\n', '\n'))
}

function take(kind: string | undefined, name: string, version: string, text: string): void {
  const messages = text
    .split('\n\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (kind === 'action') actions.set(name, { version, messages })
  for (const message of messages) {
    const event = /^Event: (\S+)/.exec(message)?.[1]
    // what happens by itself shows more than a row
    if (event !== undefined && (kind === 'event' || !events.has(event))) {
      events.set(event, { version, messages: [message] })
    }
  }
}

/** Returns what a server answered to an action. */
export function exampleOfAction(name: string): Example | undefined {
  return actions.get(name)
}

/** Returns an event as a server sent it. */
export function exampleOfEvent(name: string): Example | undefined {
  return events.get(name)
}
