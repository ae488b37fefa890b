// Compiled and never run: actions and events of modules outside Asterisk's tree, added to the catalog's interfaces.
import type { Client } from '../src/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(_?: T): void => {}

declare module '../src/index.ts' {
  interface Events {
    DongleNewSMS: { readonly Device: string; readonly From: string; readonly LineCount?: string }
    DongleDeviceEntry: { readonly Device: string }
    DongleShowDevicesComplete: { readonly ListItems: string }
  }
  interface Actions {
    DongleSendSMS: { params: { Device: string; Number: string; Message: string } }
    DongleShowDevices: {
      params: { Device?: string }
      reply: { readonly Message?: string }
      rows: 'DongleDeviceEntry'
      completion: 'DongleShowDevicesComplete'
    }
  }
}

declare const ami: Client

export async function own(): Promise<void> {
  ami.on('DongleNewSMS', (event) => {
    yes<Same<typeof event.From, string>>()
    yes<Same<typeof event.Event, 'DongleNewSMS'>>()
    yes<Same<typeof event.Privilege, string | undefined>>()
    // @ts-expect-error a misspelt header of one's own
    event.Form
  })
  for await (const event of ami.events(['DongleNewSMS', 'Hangup'])) {
    if (event.Event === 'DongleNewSMS') yes<Same<typeof event.LineCount, string | undefined>>()
  }
  const sent = await ami.send('DongleSendSMS', { Device: 'd0', Number: '1', Message: 'hello' })
  yes<Same<typeof sent.Anything, string | undefined>>()
  for await (const row of ami.list('DongleShowDevices')) yes<Same<typeof row.Device, string>>()
  // @ts-expect-error a required parameter of one's own left out
  await ami.send('DongleSendSMS', { Device: 'd0' })
  // @ts-expect-error what was not said to answer with a list
  ami.list('DongleSendSMS', { Device: 'd0', Number: '1', Message: 'hello' })
}
