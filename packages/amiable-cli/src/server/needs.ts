// What verbs of this command need of an account.
import { Option } from 'commander'
import { didYouMean, usage } from '../errors/usage.ts'
import { collect } from '../options.ts'

/** What verbs of this command send and receive. */
export const NEEDS: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly events: readonly string[] }>
> = {
  originate: { actions: ['Originate', 'Hangup'], events: ['OriginateResponse', 'Newchannel', 'Hangup', 'FullyBooted'] },
  command: { actions: ['Command'], events: [] },
  channels: { actions: ['CoreShowChannels'], events: [] },
  queues: { actions: ['QueueStatus', 'QueueSummary'], events: [] },
  endpoints: { actions: ['PJSIPShowEndpoints', 'PJSIPShowContacts'], events: [] },
}

/** Makes the option that takes one of {@link NEEDS}, as often as it is given. */
export function needsOption(text: string): Option {
  const names = Object.keys(NEEDS)
  return new Option('--for <verb>', text).choices(names).argParser((given, before: readonly string[] | undefined) => {
    if (!Object.hasOwn(NEEDS, given)) throw usage(`--for knows no ${given}${didYouMean(given, names)}`)
    return collect(given, before)
  })
}
