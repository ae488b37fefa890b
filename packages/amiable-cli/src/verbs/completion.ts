import { SCRIPTS, SHELLS } from '../complete/scripts.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { verb } from './verb.ts'

/** `amiable completion SHELL`: the script that a shell needs. */
export const completion = verb({
  define: (command) => {
    command.argument('<shell>', SHELLS.join(', ')).addHelpText('before', EXAMPLES).addHelpText('after', NOTES)
  },
  run: async (io, { args: [given = ''] }) => {
    const shell = SHELLS.find((name) => name === given)
    if (shell === undefined)
      throw usage(`there is no script for ${given}${didYouMean(given, SHELLS)}`, `There are ${SHELLS.join(', ')}.`)
    await io.out.line(SCRIPTS[shell])
    return EXIT.done
  },
})

const EXAMPLES = `amiable completion bash >> ~/.bashrc
amiable completion fish > ~/.config/fish/completions/amiable.fish
`
const NOTES = `
Tab completes verbs, options, contexts, events, actions, their parameters and
the values of these.`
