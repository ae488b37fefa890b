import { Listener } from '../model/frames.ts'
import { separateArgs } from '../protocol/app-args.ts'
import { HANGUP, Stream, sanitized } from './agi/playing.ts'
import type { Application, Pbx } from './pbx.ts'

// app_playback.c:playback_exec
const playback: Application = async ({ world, channel, data, runner }) => {
  const [files = '', options = ''] = separateArgs(data, 3)
  if (data === '') return 'hangup'
  const told = (failed: boolean): void => world.setVariable(channel, 'PLAYBACKSTATUS', failed ? 'FAILED' : 'SUCCESS')
  if (!channel.up && /skip/i.test(options)) {
    told(false)
    return 'next'
  }
  if (!channel.up && !/noanswer/i.test(options)) await runner.execute(channel, 'Answer', '')
  using ears = new Listener(world.core, channel)
  const call = { world, channel, pbx: runner, input: undefined, send: () => undefined }
  let failed = false
  let result = 0
  for (const file of files.split('&')) {
    const stream = Stream.open({ call, args: [], ears }, file.trim())
    failed ||= stream === undefined
    result = sanitized((await stream?.wait({})) ?? 0)
    if (result === HANGUP) break
  }
  if (!channel.gone) told(failed)
  return result === HANGUP ? 'hangup' : 'next'
}

/** Adds Playback. */
export function addPlayback(pbx: Pbx): void {
  pbx.add('Playback', playback)
}
