// Alerts: the server's rules have hysteresis; the page says them once, and makes a sound only where somebody asked for it.
import { effect, signal } from '@preact/signals'
import type { AlertRow } from '../../protocol/rows.ts'
import { plainOf, spanOf } from '../format.ts'
import { say } from '../languages/language.ts'
import { notify, sound } from './settings.ts'
import { rowsOf } from './wallboard.ts'

/** What the live region says; at most once in five seconds. */
export const spoken = signal('')

const PACE = 5_000

/** Writes an alert in words. */
export function wordsOf({ rule, subject, limit }: AlertRow): string {
  return say(`alert_${rule}`, { name: plainOf(subject), value: limit ?? '', span: spanOf(limit ?? 0) })
}

/** Begins to look at alerts. */
export function startAlerts(): void {
  const known = new Set<string>()
  let isFirst = true
  /** What has not been told yet. */
  let untold: AlertRow[] = []
  let lastAt = Number.NEGATIVE_INFINITY
  const tell = () => {
    // by the clock that nobody can set
    lastAt = performance.now()
    const told = untold
    untold = []
    const text = told.map(wordsOf).join('. ')
    spoken.value = text
    if (sound.peek()) beep(told.some(({ level }) => level === 'alarm'))
    if (notify.peek() && 'Notification' in window && Notification.permission === 'granted') {
      new Notification(document.title, { body: text, tag: 'amiable-wallboard' })
    }
  }
  effect(() => {
    const rows = rowsOf<AlertRow>('alerts')
    // between two pages there is nothing, and what goes on is no news on the next one
    if (rowsOf('servers').length === 0) return
    const fresh = rows.filter(({ key, since }) => !known.has(`${key} ${since}`))
    known.clear()
    for (const { key, since } of rows) known.add(`${key} ${since}`)
    // nor is what went on before somebody looked
    const isNews = !isFirst
    isFirst = false
    if (!isNews || fresh.length === 0) return
    if (untold.length === 0) setTimeout(tell, Math.max(0, lastAt + PACE - performance.now()))
    untold.push(...fresh)
  })
}

/** Asks the browser for notifications; whether it allows them. */
export async function allowNotifications(): Promise<boolean> {
  if (!('Notification' in window)) return false
  return (await Notification.requestPermission()) === 'granted'
}

let audio: AudioContext | undefined

/** Makes a short sound: one tone for a warning, two for an alarm. */
export function beep(isAlarm: boolean): void {
  audio ??= new AudioContext()
  const tones = isAlarm ? [880, 660] : [660]
  for (const [at, frequency] of tones.entries()) {
    const begin = audio.currentTime + at * 0.22
    const tone = new OscillatorNode(audio, { frequency, type: 'sine' })
    const volume = new GainNode(audio, { gain: 0 })
    volume.gain.setValueAtTime(0, begin)
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02)
    volume.gain.linearRampToValueAtTime(0, begin + 0.2)
    tone.connect(volume).connect(audio.destination)
    tone.start(begin)
    tone.stop(begin + 0.22)
  }
}
