import { didYouMean, EXIT, usage } from 'amiable-settings'
import { accountsText, ROLES } from '../bus/permissions.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway permissions > accounts.conf
amiable-gateway permissions crm wallboard --prefix acme
`

/** `amiable-gateway permissions ROLE…`: what each team may do, for the configuration of a nats-server. */
export const permissions = verb<{ readonly prefix: string }>({
  define: (command) => {
    command
      .argument('[role...]', `the teams, of ${Object.keys(ROLES).join(', ')}; all without one`)
      .addHelpText('before', EXAMPLES)
      .addHelpText('after', '\nNothing of it is a secret: passwords are variables of the environment\nof nats-server.')
      .option('--prefix <token>', 'what all subjects begin with', 'ami')
  },
  async run(io, { args, options: { prefix } }) {
    const known = Object.keys(ROLES)
    const unknown = args.find((role) => !known.includes(role))
    if (unknown !== undefined) {
      throw usage(`there is no role ${unknown}${didYouMean(unknown, known)}`, `The roles are ${known.join(', ')}.`)
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(prefix)) throw usage('--prefix must be one token such as ami')
    await io.out.line(accountsText(args.length > 0 ? [...new Set(args)] : known, prefix).trimEnd())
    return EXIT.done
  },
})
