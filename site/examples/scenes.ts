import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Params } from 'amiable'
import { dial, hangUp } from '../../contract/support/calls.ts'
import { RawClient } from '../../tools/testbed/raw-client.ts'

const CONTEXT = 'amiable-examples'

/** Lines of a dialplan by extension: what they raise, no other extension does. */
const DIALPLAN: Readonly<Record<string, readonly (readonly [application: string, data?: string])[]>> = {
  talk: [['Answer'], ['Set', 'TALK_DETECT(set)='], ['Wait', '2'], ['Hangup']],
  tone: [['Answer'], ['Playtones', '1000/1200,0/5000'], ['Wait', '3'], ['Hangup']],
  handler: [
    ['Answer'],
    ['Set', `CHANNEL(hangup_handler_push)=${CONTEXT},gone,1`],
    ['Set', `CHANNEL(hangup_handler_push)=${CONTEXT},gone,1`],
    ['Set', 'CHANNEL(hangup_handler_pop)='],
    ['Set', 'CHANNEL(accountcode)=42'],
    ['Hangup'],
  ],
  gone: [['Return']],
  through: [['Dial', 'Local/member@default,10']],
}

/** Plays what the trials of the contract suite do not: calls, refusals and modules that raise further events. */
export async function play(ami: Client, port: number): Promise<void> {
  for (const [extension, lines] of Object.entries(DIALPLAN)) {
    for (const [at, [Application, ApplicationData]] of lines.entries()) {
      await ami.sendRaw('DialplanExtensionAdd', {
        Context: CONTEXT,
        Extension: extension,
        Priority: at + 1,
        Application,
        ...(ApplicationData !== undefined && { ApplicationData }),
        Replace: 'yes',
      })
    }
  }
  await calls(ami)
  await queues(ami)
  await refusals(port)
  for (const Variable of ['PRESENCE_STATE(CustomPresence:desk202)']) {
    await attempt(ami, 'Setvar', { Variable, Value: 'away,,lunch' })
    await attempt(ami, 'Setvar', { Variable, Value: 'available,,' })
  }
  for (const LoadType of ['load', 'unload']) await attempt(ami, 'ModuleLoad', { Module: 'app_image.so', LoadType })
  await attempt(ami, 'Command', { Command: 'logger reload' })
  await ami.sendRaw('Command', { Command: `dialplan remove context ${CONTEXT}` }, { check: false })
}

async function calls(ami: Client): Promise<void> {
  await originate(ami, `Local/talk@${CONTEXT}/n`, 'tone')
  await originate(ami, `Local/through@${CONTEXT}`, 'tone')
  await originate(ami, 'Local/wait@default/n', 'handler')
  const spied = await dial(ami, 'wait')
  await originateApp(ami, 'Local/echo@default/n', 'ChanSpy', spied.far)
  await attempt(ami, 'SendFlash', { Channel: spied.channel, Receive: 'yes' })
  await attempt(ami, 'PlayDTMF', { Channel: spied.channel, Digit: '5', Receive: 'yes' })
  const parked = await dial(ami, 'wait')
  await attempt(ami, 'Park', { Channel: parked.channel, Timeout: '500' })
  const fetched = await dial(ami, 'wait')
  await attempt(ami, 'Park', { Channel: fetched.channel, Parkinglot: 'second' })
  await originateApp(ami, 'Local/echo@default/n', 'ParkedCall', 'second,801')
  const talking = await dial(ami, 'dialtransfer', { until: 'BridgeEnter' })
  await attempt(ami, 'CoreShowChannelMap', { Channel: talking.far })
  await attempt(ami, 'Atxfer', { Channel: talking.far, Exten: 'wait', Context: 'default' })
  const kicked = await dial(ami, 'conf', { until: 'ConfbridgeJoin' })
  const rooms = await dial(ami, 'conf', { until: 'ConfbridgeJoin' })
  await attempt(ami, 'ConfbridgeKick', { Conference: '100', Channel: kicked.far })
  for (const { BridgeUniqueid = '' } of await ami.listRaw('BridgeList').toArray()) {
    await attempt(ami, 'BridgeDestroy', { BridgeUniqueid })
  }
  // what is parked comes back, and digits are dialled, in their own time
  await sleep(4_000)
  await hangUp(ami, talking)
  for (const call of [spied, parked, fetched, rooms]) await hangUp(ami, call)
  await dial(ami, 'wait')
  await attempt(ami, 'Hangup', { Channel: '/^Local\\/wait@default/' })
  await sleep(1_000)
}

/** Callers who wait in a queue in which nobody answers. */
async function queues(ami: Client): Promise<void> {
  const member = { Queue: 'sales', Interface: 'Local/noanswer@default/n' }
  await attempt(ami, 'QueueAdd', { ...member, MemberName: 'Agent Four' })
  const caller = await dial(ami, 'qempty', { until: 'QueueCallerJoin' })
  const second = await dial(ami, 'qempty', { until: 'QueueCallerJoin' })
  await attempt(ami, 'QueueStatus', { Queue: 'sales' })
  await attempt(ami, 'QueueChangePriorityCaller', { Queue: 'sales', Caller: second.far, Priority: '5' })
  await sleep(17_000)
  await attempt(ami, 'QueueWithdrawCaller', { Queue: 'sales', Caller: second.far, WithdrawInfo: 'too late' })
  await hangUp(ami, caller)
  await sleep(500)
  await attempt(ami, 'QueueRemove', member)
  await hangUp(ami, second)
}

/** Logins and actions that the server refuses. */
async function refusals(port: number): Promise<void> {
  const logins: readonly Record<string, string>[] = [
    { Username: 'nobody', Secret: 'x' },
    { Username: 'frank', Secret: 'wrong' },
    { Username: 'denied', Secret: 'no' },
  ]
  for (const login of logins) {
    using session = await RawClient.open(port)
    session.action({ Action: 'Login', ...login })
    await session.until(/Response: Error/)
  }
  using challenged = await RawClient.open(port)
  challenged.action({ Action: 'Challenge', AuthType: 'MD5' })
  await challenged.until(/Challenge: \d+/)
  challenged.action({ Action: 'Login', AuthType: 'MD5', Username: 'frank', Key: '0123456789abcdef0123456789abcdef' })
  await challenged.until(/Response: Error/)
  using reader = await RawClient.login(port, 'off', 'readonly', 'ro')
  await reader.ask({ Action: 'Originate', Channel: 'Local/wait@default' })
  await reader.ask({ ActionID: 'without-action' })
}

async function originate(ami: Client, Channel: string, Exten: string): Promise<void> {
  await attempt(ami, 'Originate', { Channel, Context: CONTEXT, Exten, Priority: 1, Async: true })
}

async function originateApp(ami: Client, Channel: string, Application: string, Data: string): Promise<void> {
  await attempt(ami, 'Originate', { Channel, Application, Data, Async: true })
}

async function attempt(ami: Client, action: string, params: Params): Promise<void> {
  await ami.sendRaw(action, params, { check: false })
}
