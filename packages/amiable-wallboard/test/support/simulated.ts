import { simulatedConfig } from '../../src/run/start.ts'
import { Wallboard } from '../../src/run/wallboard.ts'
import { SIMULATED, SimulatedCentre } from '../../src/sources/simulated.ts'

/** Opens a wallboard before the simulated call centre. */
export async function openSimulated(): Promise<AsyncDisposable & { centre: SimulatedCentre; wallboard: Wallboard }> {
  const centre = await SimulatedCentre.open()
  const { port } = centre.server
  const wallboard = await Wallboard.open({
    config: simulatedConfig('127.0.0.1:0', port),
    clients: [{ name: SIMULATED, host: '127.0.0.1', port, username: 'wallboard', secret: 'simulated' }],
    env: {},
    isSimulated: true,
    pageFolder: '/nonexistent',
    say: () => {},
  })
  await wallboard.watched.states.ready()
  return {
    centre,
    wallboard,
    async [Symbol.asyncDispose]() {
      await wallboard.close()
      await centre.close()
    },
  }
}
