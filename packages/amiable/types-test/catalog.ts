// Compiled and never run: what the catalog must allow, and what it must refuse.
import type { AgiCommands } from '../src/catalog/generated/agi.ts'
import type { Client } from '../src/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(_?: T): void => {}

declare const ami: Client

export async function actions(): Promise<void> {
  const pong = await ami.send('Ping')
  yes<Same<typeof pong.Ping, 'Pong' | (string & {})>>()
  yes<Same<typeof pong.Timestamp, string>>()

  await ami.send('QueueStatus')
  const reply = await ami.send('QueueStatus', { Queue: 'support' }, { timeout: 1_000 })
  for (const row of reply.events) {
    yes<Same<(typeof row)['Event'], 'QueueParams' | 'QueueMember' | 'QueueEntry'>>()
    if (row.Event === 'QueueMember') yes<Same<typeof row.Location, string>>()
    if (row.Event === 'QueueEntry') yes<Same<typeof row.Wait, string>>()
  }
  yes<Same<NonNullable<typeof reply.completion>['Event'], 'QueueStatusComplete'>>()

  await ami.send('Originate', { Channel: 'Local/1@x', Priority: 1, Async: true, Variable: ['A=1', 'B=2'] })
  await ami.send('QueuePause', { Interface: 'PJSIP/1', Paused: true, Reason: undefined })
  await ami.send('MuteAudio', { Channel: 'PJSIP/1', Direction: 'in', State: 'on' })
  await ami.send('MixMonitorMute', { Channel: 'PJSIP/1', Direction: 'both', State: 1 })
  await ami.send('Events', { EventMask: 'call,agent' })
  await ami.send('UserEvent', { UserEvent: 'Mine', Anything: 'at all', Twice: ['a', 'b'] })
  await ami.send('UpdateConfig', {
    SrcFilename: 'a.conf',
    DstFilename: 'a.conf',
    'Action-000000': 'NewCat',
    'Cat-000000': 'x',
  })

  // @ts-expect-error a misspelt action
  await ami.send('QueueStats')
  // @ts-expect-error a misspelt parameter
  await ami.send('QueueStatus', { Queu: 'support' })
  // @ts-expect-error a parameter where there is none
  await ami.send('Ping', { Queue: 'support' })
  // @ts-expect-error a required parameter left out
  await ami.send('Getvar', { Channel: 'PJSIP/1' })
  // @ts-expect-error required parameters left out altogether
  await ami.send('Getvar')
  // @ts-expect-error a misspelt enumerated value
  await ami.send('MuteAudio', { Channel: 'PJSIP/1', Direction: 'inn', State: 'on' })
  // @ts-expect-error a misspelt enumerated value of one that is not required
  await ami.send('AOCMessage', { MsgType: 'D', TotalType: 'Totl' })
  // @ts-expect-error a misspelt option of the call
  await ami.send('Ping', {}, { timout: 1_000 })
  // @ts-expect-error no boolean where Asterisk compares with yes
  await ami.send('QueueReload', { Members: true })
  // @ts-expect-error a misspelt boolean
  await ami.send('QueuePause', { Interface: 'PJSIP/1', Paused: 'ja' })
  // @ts-expect-error a misspelt action of UpdateConfig
  await ami.send('UpdateConfig', { SrcFilename: 'a', DstFilename: 'a', 'Action-000000': 'NewCta' })
  // @ts-expect-error the documentation's wrong parameter of JabberSend
  await ami.send('JabberSend', { Jabber: 'asterisk', JID: 'a@b', Message: 'x' })
  // @ts-expect-error a misspelt header of a reply
  pong.Timestmp
}

export async function lists(): Promise<void> {
  for await (const row of ami.list('CoreShowChannels')) {
    yes<Same<(typeof row)['Event'], 'CoreShowChannel'>>()
    yes<Same<typeof row.Channel, string>>()
    yes<Same<typeof row.BridgeId, string>>()
    // @ts-expect-error a misspelt header of a row
    row.Chanel
  }
  for await (const row of ami.list('PJSIPShowEndpoint', { Endpoint: 'ep1' })) {
    if (row.Event === 'AorDetail') yes<Same<typeof row.MaxContacts, string>>()
    // @ts-expect-error not a row of this list
    if (row.Event === 'QueueMember') row.get('x')
  }
  // @ts-expect-error a misspelt action
  ami.list('CoreShowChannel')
  // @ts-expect-error a misspelt parameter
  ami.list('QueueStatus', { Queu: 'support' })
  // @ts-expect-error a required parameter left out
  ami.list('ConfbridgeList')
  // @ts-expect-error an action that answers with no list
  ami.list('Ping')
  // @ts-expect-error one more
  ami.list('Setvar', { Variable: 'A' })
  for await (const row of ami.listRaw('Setvar', { Variable: 'A' })) yes<Same<typeof row.Anything, string | undefined>>()
  const list = ami.list('ParkedCalls')
  await list.toArray()
  yes<Same<NonNullable<typeof list.completion>['Total'], string>>()
}

export async function events(): Promise<void> {
  ami.on('Hangup', (event) => {
    yes<Same<typeof event.Cause, string>>()
    yes<Same<(typeof event)['Cause-txt'], string>>()
    yes<Same<typeof event.TechCause, string | undefined>>()
    yes<Same<typeof event.Tenantid, string | undefined>>()
    if (event.ChannelStateDesc === 'Ringing') event.number('Cause')
    event.ChannelStateDesc.toUpperCase()
    // @ts-expect-error a misspelt header
    event.Caus
  })
  ami.on(['DialBegin', 'DialEnd'], (event) => {
    yes<Same<typeof event.DestChannel, string>>()
    yes<Same<typeof event.Channel, string | undefined>>()
    if (event.Event === 'DialEnd') event.DialStatus
    // @ts-expect-error only DialEnd has it
    event.DialStatus
  })
  ami.on('Newexten', (event) => event.Application)
  // @ts-expect-error a misspelt event
  ami.on('Hangupp', () => {})
  // @ts-expect-error one misspelt event among others
  ami.on(['DialBegin', 'DialEnded'], () => {})
  // @ts-expect-error a misspelt event of an iterator
  ami.events('Hangupp')
  // @ts-expect-error one misspelt event among those of an iterator
  ami.events(['Newchannel', 'Hangupp'])
  // @ts-expect-error the documentation's spelling, which never comes
  ami.on('NewExten', () => {})
  for await (const event of ami.events(['Newchannel', 'AttendedTransfer', 'AOC-D'])) {
    if (event.Event === 'AttendedTransfer') {
      yes<Same<typeof event.OrigTransfererChannel, string>>()
      yes<Same<typeof event.SecondBridgeUniqueid, string | undefined>>()
      yes<Same<typeof event.DestType, 'Bridge' | 'App' | 'Link' | 'Threeway' | 'Fail' | (string & {})>>()
    }
    if (event.Event === 'AOC-D') yes<Same<(typeof event)['Charge/Currency/Name'], string | undefined>>()
  }
  ami.on('UserEvent', (event) => {
    yes<Same<typeof event.UserEvent, string>>()
    yes<Same<typeof event.Anything, string | undefined>>()
    yes<Same<typeof event.receivedAt, number>>()
  })
  for await (const event of ami.events('QueueMemberPause', { capacity: 10 })) {
    yes<Same<typeof event.Paused, '0' | '1' | (string & {})>>()
    yes<Same<ReturnType<typeof event.boolean>, boolean>>()
    const values: [number, boolean, Date] = [event.number('Penalty'), event.boolean('Paused'), event.date('Timestamp')]
    values.length
    // @ts-expect-error values are text until they are converted
    event.Penalty + 1 === 2
    // @ts-expect-error headers are read, not written
    event.Queue = 'other'
  }
  ami.on('VarSet', (event) => event.Value)
  ami.on('RTCPReceived', (event) => event.Report0SourceSSRC)
}

export function agi(): void {
  yes<Same<AgiCommands['GET OPTION'], [file: string, escapeDigits: string, timeout: number | string]>>()
  yes<Same<AgiCommands['SET MUSIC'], [mode: 'on' | 'off', musicClass?: string]>>()
  yes<Same<AgiCommands['NOOP'], string[]>>()
  // @ts-expect-error no such command
  yes<Same<AgiCommands['GET DIGITS'], []>>()
}
