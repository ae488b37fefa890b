// Where a call is in its life: an icon, a colour and a word.
import type { JSX } from 'preact'
import type { CallPhase } from '../../protocol/call-rows.ts'
import { say } from '../languages/language.ts'
import { Icon, type IconName } from './icon.tsx'

export const PHASES: Readonly<Record<CallPhase, { readonly icon: IconName; readonly look: string }>> = {
  dialing: { icon: 'priority', look: 'ringing' },
  ringing: { icon: 'ringing', look: 'ringing' },
  queued: { icon: 'queues', look: 'paused' },
  up: { icon: 'calls', look: 'busy' },
  held: { icon: 'held', look: 'wrap' },
  parked: { icon: 'park', look: 'wrap' },
  conference: { icon: 'agents', look: 'ready' },
  ended: { icon: 'hangup', look: 'away' },
}

/** Shows where a call is in its life. */
export function PhaseMark({ phase }: { phase: CallPhase }): JSX.Element {
  const { icon, look } = PHASES[phase]
  return (
    <span class={`state state-${look}`}>
      <Icon name={icon} class={phase === 'ringing' ? 'pulse' : undefined} />
      {say(`phase_${phase}`)}
    </span>
  )
}
