// node --import tsx site/examples/capture.ts: asks our real Asterisks for an example of every action and event they have.
// It writes the examples beside this file, without secrets. Run it on Debian as root, as npm run asterisk needs it.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, connect, createClient } from 'amiable'
import { readRecording, record } from 'amiable/testing'
import { shows, withPjsipObjects } from '../../contract/amiable/catalog/pjsip-objects.ts'
import { aside, Scene, trials } from '../../contract/amiable/sensible-arguments.ts'
import { listedActions } from '../../contract/amiable/suite/actions.ts'
import { nextEvent } from '../../contract/support/client.ts'
import { bringUp, type RunningAsterisk } from '../../tools/servers/asterisk/asterisk.ts'
import { Examples } from './choose.ts'
import { play } from './scenes.ts'

const CORPUS = fileURLToPath(new URL('../../contract/corpus/asterisk-22.ami.gz', import.meta.url))

const wanted = new Examples()
// what 22 has is shown by 22; 16 has what was removed since
for (const version of [22, 16] as const) {
  const asterisk = await bringUp(version, { log: console.log })
  const found = await capture(asterisk)
  const file = new URL(`./asterisk-${version}.ami`, import.meta.url)
  writeFileSync(file, found.text)
  console.log(`Asterisk ${version}: ${found.actions} actions and ${found.events} events that no earlier one has shown`)
  if (!asterisk.adopted) await asterisk.stop()
}

async function capture({ version, host, port, users }: RunningAsterisk) {
  const options = { host, port, username: 'frank', secret: users.frank, reconnect: false as const }
  const files = ['asking', 'listening'].map((name) => join(tmpdir(), `amiable-examples-${process.pid}-${name}.jsonl`))
  const [asking = '', listening = ''] = files
  try {
    const ami = createClient({ ...options, events: 'off' })
    const ear = createClient(options)
    // from the login on, which is an example too
    const recordings = [record(ami, asking), record(ear, listening)]
    await ear.connect()
    await ami.connect()
    await using helper = await connect(options)
    await provoke(ami, helper)
    await play(ami, port)
    await ear.send('Ping')
    await ami.close()
    await ear.close()
    for (const one of recordings) await one.stop()
  } finally {
    for await (const message of readRecording(asking)) wanted.asked(version, message)
    for await (const message of readRecording(listening)) wanted.heard(version, message)
    for (const file of files) rmSync(file, { force: true })
  }
  // calls of another day on the same kind of server
  if (version === 22) for await (const message of readRecording(CORPUS)) wanted.heard(version, message)
  return wanted.of(version)
}

/** Has the server do whatever it can, as the contract suite does. */
async function provoke(ami: Client, helper: Client): Promise<void> {
  const scene = new Scene(helper)
  for (const extension of ['q', 'park', 'agent', 'record', 'vars', 'hold', 'progress', 'vm'])
    await scene.fresh(extension)
  for (const action of await listedActions(ami)) {
    const trial = trials[action]
    if (trial === undefined || action in aside || action === 'Login') continue
    const { params, variables } = trial
    const prepared = typeof params === 'function' ? await params(scene) : params
    await ami.sendRaw(action, prepared, { check: false, ...(variables && { variables }) })
  }
  await withPjsipObjects(ami, async () => {
    for (const [action, params] of shows) await ami.sendRaw(action, params, { check: false })
    await ami.sendRaw('PJSIPShowContacts', {}, { check: false })
    for (const action of ['PJSIPRegister', 'PJSIPUnregister']) {
      await ami.sendRaw(action, { Registration: 'seen-registration' }, { check: false })
    }
    await ami.sendRaw('PJSIPQualify', { Endpoint: 'seen-endpoint' }, { check: false })
    // the answers of nobody take their time
    await setTimeout(5_000)
  })
  await scene.end()
  const over = nextEvent(helper, 'UserEvent', (event) => event.UserEvent === 'Order')
  await ami.send('UserEvent', { UserEvent: 'Order', Number: '42', State: 'paid' })
  await over
}
