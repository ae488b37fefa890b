// What stands around every page: the way to the others, the servers, search, alerts, and who one is.
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ServerRow } from '../protocol/rows.ts'
import { now } from './clock.ts'
import { helpIsOpen } from './commands.ts'
import { plainOf, spanOf, timeOf } from './format.ts'
import { KEY_HELP } from './keys.ts'
import { LANGUAGES, language, say, speak } from './languages/language.ts'
import { Actions } from './parts/actions.tsx'
import { Alerts } from './parts/alerts.tsx'
import { Boards } from './parts/boards.tsx'
import { Icon } from './parts/icon.tsx'
import { Mark } from './parts/mark.tsx'
import { Menu } from './parts/menu.tsx'
import { Search } from './parts/search.tsx'
import { Name } from './parts/text.tsx'
import { hashOf, PAGES, type PageName, route } from './router.ts'
import { signOut } from './store/api.ts'
import { truthOf } from './store/freshness.ts'
import { chooseTheme, keep, theme } from './store/settings.ts'
import { me, rowsOf, silence, silentSince, unwatch, user } from './store/wallboard.ts'

const SHORT: Readonly<Record<PageName, 'queues' | 'agents' | 'calls' | 'lines' | 'roomsShort' | 'phoneShort'>> = {
  queues: 'queues',
  agents: 'agents',
  calls: 'calls',
  lines: 'lines',
  rooms: 'roomsShort',
  phone: 'phoneShort',
}

/** Shows the frame and a page in it. */
export function Frame({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {say('skip')}
      </button>
      <Rail />
      <div class="column">
        <header class="top">
          <Servers />
          <Search />
          <Alerts />
          <ThemeButton />
          <You />
        </header>
        <main class="main" id="main" tabIndex={-1}>
          <Bands />
          {children}
        </main>
      </div>
      <Help />
    </div>
  )
}

function Rail(): JSX.Element {
  const pages = PAGES.filter((page) => page !== 'phone' || user.value?.device)
  const name = me.value?.site.name ?? ''
  return (
    <nav class="rail" aria-label={name}>
      <p class="brand">
        <Mark />
        <Name>{name}</Name>
      </p>
      {pages.map((page) => (
        <a
          key={page}
          href={hashOf({ page, query: {} })}
          aria-current={route.value.page === page ? 'page' : undefined}
          title={say(page)}
        >
          <Icon name={page} />
          <span>{say(SHORT[page])}</span>
        </a>
      ))}
      <p class="end">
        {me.value?.site.simulated && <span>{say('simulated')}</span>}
        <time>{timeOf(now.value, language.value, now.value)}</time>
      </p>
    </nav>
  )
}

function Servers(): JSX.Element {
  return (
    <ul class="chips" aria-label={say('server')}>
      {silentSince.value !== undefined && (
        <li class="chip stale">
          <Icon name="stale" class="pulse" />
          {say('reconnecting')}
        </li>
      )}
      {rowsOf<ServerRow>('servers').map((row) => (
        <Chip key={row.key} row={row} />
      ))}
    </ul>
  )
}

function Chip({ row }: { row: ServerRow }): JSX.Element {
  const truth = truthOf(row, undefined, silentSince.value)
  const isLive = truth.type === 'live'
  const isAsking = row.state === 'listing' || row.state === 'waiting'
  const word = isLive
    ? say('live')
    : truth.type === 'old' && truth.asOf !== null
      ? say('staleFor', { span: spanOf(now.value - truth.asOf) })
      : say('listing')
  return (
    <li class={isLive ? 'chip live' : isAsking ? 'chip' : 'chip stale'}>
      <Icon name={isLive ? 'dot' : isAsking ? 'half' : 'stale'} />
      <Name>{row.name}</Name> <span>{word}</span>
    </li>
  )
}

/** Says above the rows which server is not live, and of what moment its rows are. */
export function Bands(): JSX.Element {
  const silent = silentSince.value
  const rows = rowsOf<ServerRow>('servers')
  const time = (at: number) => timeOf(at, language.value, now.peek())
  if (silent !== undefined && silence.value !== 'asleep') {
    return (
      <p class="band" role="alert">
        <Icon name="warn" />
        {say(silence.value === 'full' ? 'fullBand' : 'offlineBand', { time: time(silent) })}
      </p>
    )
  }
  return (
    <>
      {rows.map((row) => {
        const hidden = Object.entries(row.kinds).filter(([, kind]) => kind.state === 'blind')
        const truth = truthOf(row, undefined, undefined)
        const server = plainOf(row.name)
        return (
          <>
            {truth.type === 'old' && truth.asOf !== null && (
              <p key={row.key} class="band" role="alert">
                <Icon name="warn" />
                <span>{say('staleBand', { server, time: time(truth.asOf) })}</span>
              </p>
            )}
            {truth.type === 'unknown' && !row.connected && (
              <p key={row.key} class="band" role="alert">
                <Icon name="warn" />
                <span>{say('unknownBand', { server })}</span>
              </p>
            )}
            {hidden.length > 0 && (
              <p key={`${row.key} hidden`} class="band">
                <Icon name="warn" />
                <span>{say('blindBand', { server, kinds: hidden.map(([kind]) => kind).join(', ') })}</span>
              </p>
            )}
          </>
        )
      })}
    </>
  )
}

function ThemeButton(): JSX.Element {
  const other = theme.value === 'dark' ? 'light' : 'dark'
  const word = `${say('theme')}: ${say(other === 'dark' ? 'themeDark' : 'themeLight')}`
  return (
    <button
      type="button"
      class="tool"
      data-command="theme"
      aria-label={word}
      title={word}
      onClick={() => chooseTheme(other)}
    >
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  )
}

function You(): JSX.Element | null {
  const one = user.value
  if (one === undefined) return null
  const servers = rowsOf<ServerRow>('servers')
  const leave = async () => {
    await signOut().catch(() => undefined)
    unwatch()
    location.reload()
  }
  return (
    <Menu label={say('account')} button={<Icon name="user" />}>
      <p class="you">
        <Name>{one.name}</Name> <span class="soft">{one.role === 'display' ? '' : say(`role_${one.role}`)}</span>
      </p>
      {one.masked && <p class="soft small">{say('masked')}</p>}
      <label class="field">
        <span>{say('language')}</span>
        <select
          value={language.value}
          onChange={(event) => {
            const { value } = event.currentTarget
            void speak(value)
            keep('language', value)
          }}
        >
          {Object.entries(LANGUAGES).map(([name, { name: own }]) => (
            <option key={name} value={name} lang={name}>
              {own}
            </option>
          ))}
        </select>
      </label>
      <Boards />
      {servers.map((row) => (
        <p key={row.key} class="server-actions">
          {servers.length > 1 && <Name class="tag">{row.name}</Name>}{' '}
          <Actions row={row} verbs={['reloadQueues']} of={row.name} words old={!row.connected} />
        </p>
      ))}
      <p>
        <button
          type="button"
          class="button"
          data-command="help"
          onClick={() => {
            helpIsOpen.value = true
          }}
        >
          <Icon name="help" />
          {say('helpTitle')} <kbd>?</kbd>
        </button>{' '}
        {me.value?.signIn === 'local' && (
          <button type="button" class="button" onClick={() => void leave()}>
            <Icon name="logout" />
            {say('signOut')}
          </button>
        )}
      </p>
      <p class="soft small">amiable-wallboard {me.value?.site.version}</p>
    </Menu>
  )
}

function Help(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = helpIsOpen.value
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal()
    if (!isOpen) dialog.current?.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      aria-label={say('helpTitle')}
      onClose={() => {
        helpIsOpen.value = false
      }}
    >
      <h2>{say('helpTitle')}</h2>
      <dl class="keys">
        {KEY_HELP.map(([keys, message]) => (
          <>
            <dt key={keys}>
              {keys.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{say(message)}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button primary">
          {say('close')}
        </button>
      </form>
    </dialog>
  )
}
