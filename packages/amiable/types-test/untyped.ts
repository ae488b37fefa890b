// Compiled and never run: whatever the catalog does not know works untyped.
import type { AmiEvent, Client, EventName } from '../src/index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(_?: T): void => {}

declare const ami: Client

export async function actions(name: string): Promise<void> {
  const reply = await ami.sendRaw('MyAction', { MyKey: 'v', Twice: ['a', 'b'], Count: 1, On: true })
  yes<Same<typeof reply.MyHeader, string | undefined>>()
  yes<Same<(typeof reply.events)[number], AmiEvent>>()
  const known = await ami.sendRaw('QueueStatus', { Queu: 'support' })
  yes<Same<typeof known.Ping, string | undefined>>()
  await ami.sendRaw(name, undefined, { check: false })
  // @ts-expect-error no value of a header
  await ami.sendRaw(name, { When: new Date() })
  // @ts-expect-error the names of headers begin with a capital, those of ours with a small letter: this is neither's
  reply.mesage
  // @ts-expect-error a name that is known at run time only may be none of the catalog
  await ami.send(name)
}

export async function lists(name: string): Promise<void> {
  for await (const row of ami.listRaw('MyList', { MyKey: 'v' })) {
    yes<Same<typeof row.Event, string>>()
    yes<Same<typeof row.MyHeader, string | undefined>>()
  }
  const list = ami.listRaw(name)
  yes<Same<Awaited<ReturnType<typeof list.toArray>>, AmiEvent[]>>()
}

export async function events(name: string, names: readonly string[]): Promise<void> {
  const mine = (event: AmiEvent): boolean => event.Event === 'Mine'
  const isHangup = (event: AmiEvent): event is AmiEvent & AmiEvent<'Hangup'> => event.Event === 'Hangup'
  const untyped = (event: AmiEvent): void => yes<Same<typeof event.Anything, string | undefined>>()

  ami.on('*', (event) => {
    yes<Same<typeof event, AmiEvent>>()
    yes<Same<typeof event.Anything, string | undefined>>()
  })
  ami.on(mine, (event) => event.Anything)
  ami.on(isHangup, (event) => {
    yes<Same<typeof event.Event, 'Hangup'>>()
    event.Cause.length
  })
  ami.on(name, untyped)
  ami.on(names, untyped)
  ami.on(name as EventName, (event) => event.Event)

  for await (const event of ami.events()) yes<Same<typeof event, AmiEvent>>()
  for await (const event of ami.events('*')) yes<Same<typeof event, AmiEvent>>()
  for await (const event of ami.events(mine)) yes<Same<typeof event.Anything, string | undefined>>()
  for await (const event of ami.events(isHangup)) event.Cause.length
  for await (const event of ami.events(name)) untyped(event)
  for await (const event of ami.events(names)) untyped(event)

  // @ts-expect-error a literal that is none of the catalog is taken for a typo; its name as string will do
  ami.on('Mine', untyped)
  ami.on('Mine' as string, untyped)
}
