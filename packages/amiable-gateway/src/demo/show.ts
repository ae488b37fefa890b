// The demo: two gateways, of which one is killed in the middle of a call.
import { setTimeout as wait } from 'node:timers/promises'
import { compared, openJudge, type Stored, type Verdict } from './judge.ts'
import { Scene, type SceneOptions } from './scene.ts'

const TALK = 400
const SHOWN = new Set(['Newchannel', 'DialBegin', 'DialEnd', 'BridgeEnter', 'BridgeLeave', 'Hangup'])
const DIAL = 'call pbx1 Originate Channel=PJSIP/anna Context=default Exten=ben Priority=1 --key order-4711'.split(' ')
const OWN = `  npx amiable-gateway init gateway       writes gateway/gateway.yaml, which says what each line is for
  npx amiable-gateway check -c gateway/gateway.yaml
  npx amiable-gateway run -c gateway/gateway.yaml`

/** Shows it, and says what another session received that the log lacks, or has twice. */
export async function showDemo(options: SceneOptions): Promise<Verdict> {
  const { teller, signal } = options
  await using scene = await Scene.open(options)
  // one after the other: whichever is first writes
  const first = scene.gateway('gw-a')
  await first.says('"role":"writing"')
  const second = scene.gateway('gw-b')
  await second.says('"role":"following"')
  teller.step('gateways', 'gw-a writes what it receives into the log of pbx1; gw-b receives the same, and waits')

  const judge = await openJudge(scene.asterisk.port, signal)
  const log = scene.start(['watch', '-o', 'json', '--since', new Date().toISOString()])
  const stored: Stored[] = []
  log.onLine = (line) => {
    const one = JSON.parse(line) as Stored
    stored.push(one)
    if (one.seq === undefined || !SHOWN.has(one.event)) return
    const [seq, name] = [String(one.seq).padStart(4), one.event.padEnd(11)]
    const channel = one.data.Channel ?? one.data.DestChannel ?? ''
    teller.under(`${teller.paint('dim', seq)}  ${teller.paint('cyan', name)}  ${channel}`)
  }
  await scene.marked('begin', log)
  await scene.shown(DIAL)
  await log.sees(() => stored.some(({ event }) => event === 'BridgeEnter'))

  const began = performance.now()
  await first.kill()
  teller.step('kill', `${teller.paint('red', 'gw-a was killed (kill -9)')}, and the two go on talking`)
  await wait(TALK, undefined, { signal })
  for (const { name } of scene.asterisk.channels.list()) {
    if (scene.asterisk.channels.get(name)) scene.asterisk.channels.hangup(name)
  }
  await second.says('"role":"writing"')
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  teller.step('take-over', `gw-b writes after ${seconds} s, from the event on that the log lacks`)
  await scene.marked('end', log)

  await scene.shown(DIAL)
  teller.under(teller.paint('dim', 'the same key: nobody was called a second time'))
  await scene.shown(['verify'])
  teller.under(teller.paint('dim', 'the gap is where the log begins: what was before nobody knows'))
  const verdict = compared(judge.heard, stored)
  const { missing, twice, isOrdered, count } = verdict
  const order = isOrdered ? 'in the same order' : 'in another order'
  teller.step(
    'judge',
    `another session received ${count} events meanwhile: of these the log lacks ${missing}, and has ${twice} twice, ${order}`,
  )
  await judge.close()
  teller.line(`\n${teller.paint('bold', 'The same with your own Asterisk:')}\n\n${OWN}`)
  return verdict
}
