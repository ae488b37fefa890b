import { channel } from 'node:diagnostics_channel'
import type { AmiError } from './errors.ts'

/** How Asterisk hands a call over: it connects to this program, or waits for commands over AMI. */
export type AgiTransport = 'fast' | 'async'

/** Why a call was not taken. */
export type AgiRefusal = 'full' | 'address' | 'silent' | 'foreign' | 'route'

/**
 * The payloads that the library publishes on `node:diagnostics_channel`, by channel. Without a subscriber none is made.
 * No payload holds a secret, a challenge, a parameter or a variable's value.
 */
export interface DiagnosticsEvents {
  /** A connection attempt begins. */
  'ami:connect': { source: string; attempt: number }
  /** A login was accepted. */
  'ami:login': { source: string; epoch: number; version: string }
  /** An action was written. */
  'ami:send': { source: string; action: string; actionId: string; waited: number }
  /** A call ended; `duration` in milliseconds from the call, `code` where it failed. */
  'ami:reply': { source: string; action: string; actionId: string; duration: number; code?: string }
  /** An event arrived that belongs to no action. */
  'ami:event': { source: string; event: string; epoch: number }
  /** Events for a slow consumer were dropped, or bytes that are no AMI were skipped. */
  'ami:drop': { source: string; dropped: number; error?: AmiError }
  /** The attempt failed, or the connection was lost. */
  'ami:lost': { source: string; error: AmiError; rejected: number }
  /** The next attempt comes in `delay` milliseconds. */
  'ami:reconnect': { source: string; delay: number; attempt: number }
  /** An AGI session began or ended. */
  'agi:session': { source: string; transport: AgiTransport; uniqueid: string; state: 'began' | 'ended' }
  /** A call was refused, or what connected is no Asterisk. */
  'agi:refused': { source: string; transport: AgiTransport; reason: AgiRefusal }
  /** Another program sends commands to a channel that a session of this one drives. */
  'agi:foreign': { source: string; channel: string; uniqueid: string }
}

type Names = keyof DiagnosticsEvents

const channels = {
  'ami:connect': channel('ami:connect'),
  'ami:login': channel('ami:login'),
  'ami:send': channel('ami:send'),
  'ami:reply': channel('ami:reply'),
  'ami:event': channel('ami:event'),
  'ami:drop': channel('ami:drop'),
  'ami:lost': channel('ami:lost'),
  'ami:reconnect': channel('ami:reconnect'),
  'agi:session': channel('agi:session'),
  'agi:refused': channel('agi:refused'),
  'agi:foreign': channel('agi:foreign'),
} satisfies Record<Names, unknown>

/** Whether anybody listens. */
export function watched(name: Names): boolean {
  return channels[name].hasSubscribers
}

/** Publishes what `payload` makes, if anybody listens. */
export function publish<N extends Names>(name: N, payload: () => DiagnosticsEvents[N]): void {
  if (channels[name].hasSubscribers) channels[name].publish(payload())
}
