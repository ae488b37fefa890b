import { EXIT } from 'amiable-settings'
import { showDemo } from '../demo/show.ts'
import { Teller } from '../demo/tell.ts'
import { verb } from './verb.ts'

const EXAMPLES = `amiable-gateway demo
amiable-gateway demo --nats-server /opt/nats/nats-server
`

/** `amiable-gateway demo`: two gateways on a simulated Asterisk, of which one is killed in the middle of a call. */
export const demo = verb<{ readonly natsServer?: string }>({
  endsItself: true,
  define: (command) => {
    command
      .addHelpText('before', EXAMPLES)
      .addHelpText(
        'after',
        `
It needs nats-server 2.10 or newer and nothing else. All of it runs on ports of
127.0.0.1 that are free, and in a folder that is removed. Leaves with 1 if an
event is missing, is there twice or is in another order.`,
      )
      .option('--nats-server <path>', 'the nats-server (as in PATH)')
  },
  async run(io, { options: { natsServer } }) {
    const { env, signal } = io
    const { missing, twice, isOrdered } = await showDemo({ env, signal, natsServer, teller: new Teller(io) })
    return missing === 0 && twice === 0 && isOrdered ? EXIT.done : EXIT.refused
  },
})
