// The bell: what goes on, and whether it may be heard.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { AlertRow } from '../../protocol/rows.ts'
import { now } from '../clock.ts'
import { timeOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { allowNotifications, beep, spoken, wordsOf } from '../store/alerts.ts'
import { notify, sound } from '../store/settings.ts'
import { rowsOf, silentSince } from '../store/wallboard.ts'
import { Icon } from './icon.tsx'
import { Menu } from './menu.tsx'
import { LevelMark, levelClass } from './text.tsx'

/** Shows the alerts behind a bell. */
export function Alerts(): JSX.Element {
  const rows = rowsOf<AlertRow>('alerts').toSorted(
    (one, other) => one.level.localeCompare(other.level) || one.since - other.since,
  )
  const [isBlocked, setBlocked] = useState(false)
  const turnNotify = async () => {
    if (notify.value) {
      notify.value = false
      return
    }
    notify.value = await allowNotifications()
    setBlocked(!notify.value)
  }
  return (
    <>
      <Menu
        label={rows.length === 0 ? say('alerts') : say('skipAlerts', { count: rows.length })}
        class={rows.length === 0 ? '' : 'on'}
        button={
          <>
            <Icon name="bell" />
            {rows.length > 0 && <span class="badge">{rows.length}</span>}
          </>
        }
      >
        <h2>{say('alerts')}</h2>
        {rows.length === 0 && <p class="soft">{say('noAlerts')}</p>}
        <ul class="alerts">
          {rows.map((row) => (
            <li key={row.key}>
              <LevelMark level={row.level} />
              <span>
                <bdi class={levelClass(row.level)}>{wordsOf(row)}</bdi>
                <span class="soft small">
                  {silentSince.value === undefined
                    ? say('sinceTime', { time: timeOf(row.since, language.value, now.peek()) })
                    : say('asOf', { time: timeOf(silentSince.value, language.value, now.peek()) })}
                </span>
              </span>
            </li>
          ))}
        </ul>
        <label class="switch">
          <input
            type="checkbox"
            checked={sound.value}
            onChange={() => {
              sound.value = !sound.value
              if (sound.value) beep(false)
            }}
          />
          {say('alertSound')}
        </label>
        <label class="switch">
          <input type="checkbox" checked={notify.value} onChange={() => void turnNotify()} />
          {say('alertNotify')}
        </label>
        {isBlocked && <p class="level-warn small">{say('alertBlocked')}</p>}
      </Menu>
      <p class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </p>
    </>
  )
}
