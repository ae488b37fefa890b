// Icons, drawn here: nothing is loaded for them. Each stands beside a word, or has one of its own for those who hear.
import type { JSX } from 'preact'

const PATHS = {
  queues: 'M4 6h16M4 12h16M4 18h9',
  agents:
    'M16 20v-1a4 4 0 0 0-4-4H7a4 4 0 0 0-4 4v1M9.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M21 20v-1a4 4 0 0 0-3-3.8M16 4.2a3.5 3.5 0 0 1 0 6.6',
  calls: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  lines: 'M4 17h16M4 7h16M7 4v6M12 14v6M17 4v6',
  rooms: 'M4 20v-9l8-6 8 6v9M9 20v-6h6v6',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M11 18h2',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4',
  bell: 'M6 9a6 6 0 1 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20a2 2 0 0 0 4 0',
  moon: 'M20 14a8 8 0 1 1-10-10 7 7 0 0 0 10 10',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  user: 'M20 21v-1a5 5 0 0 0-5-5H9a5 5 0 0 0-5 5v1M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M12 17h.01',
  close: 'M6 6l12 12M18 6 6 18',
  open: 'M6 9l6 6 6-6',
  check: 'M5 12.5 10 17l9-10',
  warn: 'M12 4 2.5 20h19zM12 10v4M12 17h.01',
  alarm: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v6M12 16.5h.01',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2',
  ringing: 'M6 9a6 6 0 1 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20a2 2 0 0 0 4 0M2 8c0-2 1-4 2-5M22 8c0-2-1-4-2-5',
  wrap: 'M20 12a8 8 0 1 1-2.6-5.9M20 3v4h-4',
  pause: 'M9 5v14M15 5v14',
  play: 'M7 5l12 7-12 7z',
  away: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M5.6 5.6l12.8 12.8',
  hangup: 'M3 14c5-5 13-5 18 0l-3 3-4-2v-3a13 13 0 0 0-4 0v3l-4 2z',
  transfer: 'M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4',
  park: 'M8 20V5h5a4 4 0 0 1 0 8H8',
  ear: 'M7 9a5 5 0 1 1 10 0c0 4-4 5-4 9a3 3 0 0 1-5 2M10 10a2 2 0 1 1 3.5 1.5',
  whisper: 'M4 5h16v11H9l-5 4zM9 10.5h.01M12 10.5h.01M15 10.5h.01',
  barge: 'M4 5h16v11H9l-5 4zM12 8v5M9.5 10.5h5',
  login: 'M10 4h9v16h-9M3 12h11M10 8l4 4-4 4',
  logout: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  penalty: 'M5 18h3v-4H5zM10.5 18h3v-8h-3zM16 18h3V6h-3z',
  priority: 'M12 20V5M6 11l6-6 6 6',
  withdraw: 'M5 12h14',
  mute: 'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3M6 11a6 6 0 0 0 12 0M12 17v4M4 4l16 16',
  voice: 'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3M6 11a6 6 0 0 0 12 0M12 17v4',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  unlock: 'M6 11h12v9H6zM9 11V7a3 3 0 0 1 6-1',
  record: 'M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12',
  kick: 'M6 6l12 12M18 6 6 18',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14',
  cards: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  reset: 'M4 12a8 8 0 1 0 2.6-5.9M4 3v4h4',
  held: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M10 9v6M14 9v6',
  dot: '',
  half: '',
  stale: '',
} as const

export type IconName = keyof typeof PATHS

/** Draws an icon that nobody reads aloud. */
export function Icon({ name, class: more }: { name: IconName; class?: string | undefined }): JSX.Element {
  const kind = more === undefined ? 'icon' : `icon ${more}`
  return (
    <svg class={kind} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {name === 'dot' && <circle class="solid" cx="12" cy="12" r="6" />}
      {name === 'half' && (
        <>
          <circle cx="12" cy="12" r="7" />
          <path class="solid" d="M12 5a7 7 0 0 1 0 14z" />
        </>
      )}
      {name === 'stale' && <circle cx="12" cy="12" r="7" stroke-dasharray="3 3" />}
      {name !== 'dot' && name !== 'half' && name !== 'stale' && (
        <path d={PATHS[name]} class={name === 'record' || name === 'hangup' || name === 'play' ? 'solid' : undefined} />
      )}
    </svg>
  )
}
