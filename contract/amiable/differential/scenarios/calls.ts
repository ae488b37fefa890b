import type { Scenario } from '../stage.ts'

/** Scenarios of one call between two ends. */
export const calls: Readonly<Record<string, Scenario>> = {
  'the far end hangs up': (on) => on.up('answered', 'wait'),
  'the near end hangs up': (on) => on.up('wait', 'answered'),
  'a caller ID and a variable': (on) => on.up('answered', 'wait', { CallerID: 'Zed <1001>', Variable: 'X=1' }),
  busy: (on) => on.call('busy', 'wait'),
  congestion: (on) => on.call('congestion', 'wait'),
  // long enough for the dialplan to come to its end on a busy machine
  'nobody answers': (on) => on.call('noanswer', 'wait', { Timeout: 2_000 }),
  'hung up while it rings': (on) => on.call('early'),
  'hung up by an action while it rings': async (on) => {
    const call = await on.call('noanswer')
    await on.runs(call.far, 'Wait')
    // the thread that dials hears of it later
    await on.heard('DialState', (event) => event.get('DestUniqueid') === call.near)
    await on.hangup(call.near)
  },
  'a cause of its own': (on) => on.call('cause34'),
  'progress before the answer': (on) => on.up('progress'),
  'no such extension': (on) => on.call('nosuch', 'wait'),
  'no such technology': (on) => on.dial('Nosuch/nosuch', 'wait'),
  'no such application': (on) => on.call('quick', ['NoSuchApp', 'x']),
  'the originator waits': (on) => on.call('quick', ['Wait', '2'], { Async: false }),
  'the originator waits for nothing': (on) => on.call('busy', ['Wait', '2'], { Async: false }),
  'variables of the dialplan': (on) => on.up('vars'),
  'a user event of the dialplan': (on) => on.up('userevent'),
  'hung up by name and cause': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    await on.hangup(call.near, 17)
  },
  'hung up at the far half': async (on) => {
    const call = await on.up('echo')
    await on.runs(call.far, 'Echo')
    await on.hangup(call.far)
  },
  'hung up by a pattern': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    const name = await on.name(call.near)
    await on.send('Hangup', { Channel: `/^${name.slice(0, -1).replace(/[^\w-]/g, '.')}1$/` })
  },
  'an absolute timeout': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    await on.send('AbsoluteTimeout', { Channel: await on.name(call.far), Timeout: 1 })
  },
  'a variable set by an action': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    await on.send('Setvar', { Channel: await on.name(call.far), Variable: 'FOO', Value: 'a "b"' })
    await on.hangup(call.near)
  },
  'a recording': async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    const channel = await on.name(call.far)
    await on.send('MixMonitor', { Channel: channel, File: 'differential.wav', Options: 'i(MMID)' })
    await on.heard('MixMonitorStart')
    await on.send('StopMixMonitor', { Channel: channel })
    await on.heard('MixMonitorStop')
    await on.hangup(call.near)
  },
  redirected: async (on) => {
    const call = await on.up('wait')
    await on.runs(call.far, 'Wait')
    await on.send('Redirect', { Channel: await on.name(call.far), Context: 'default', Exten: 'echo', Priority: 1 })
    await on.runs(call.far, 'Echo')
    await on.hangup(call.far)
  },
  'both ends redirected': async (on) => {
    const call = await on.up('wait', 'echo')
    await on.runs(call.near, 'Echo')
    await on.runs(call.far, 'Wait')
    await on.send('Redirect', {
      Channel: await on.name(call.near),
      ExtraChannel: await on.name(call.far),
      Context: 'default',
      Exten: 'wait',
      Priority: 1,
      ExtraContext: 'default',
      ExtraExten: 'echo',
      ExtraPriority: 1,
    })
    await on.runs(call.near, 'Wait')
    await on.runs(call.far, 'Echo')
    await on.hangup(call.near)
  },
  'AsyncAGI to its end': async (on) => {
    const call = await on.up('agi')
    await on.heard('AsyncAGIStart')
    const Channel = await on.name(call.far)
    const commands = ['SET VARIABLE FOO bar', 'GET VARIABLE FOO', 'NONSENSE', 'EXEC NoOp hi', 'ASYNCAGI BREAK']
    for (const [n, Command] of commands.entries()) {
      await on.send('AGI', { Channel, Command, CommandID: `c${n}` })
      if (n < commands.length - 1) await on.heard('AsyncAGIExec', (event) => event.get('CommandId') === `c${n}`)
    }
  },
  'AsyncAGI hung up': async (on) => {
    const call = await on.up('agi')
    await on.heard('AsyncAGIStart')
    await on.hangup(call.far)
  },
}
