// Which page is shown, and the view that it is of.
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import type { ViewQuery } from '../protocol/view.ts'
import { Frame } from './frame.tsx'
import { language, say } from './languages/language.ts'
import { Agents } from './pages/agents.tsx'
import { Calls } from './pages/calls.tsx'
import { Lines } from './pages/lines.tsx'
import { Phone } from './pages/phone.tsx'
import { Queues } from './pages/queues.tsx'
import { Rooms } from './pages/rooms.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { Wall } from './pages/wall.tsx'
import { Nothing } from './parts/text.tsx'
import { type PageName, type Route, route } from './router.ts'
import { me, refusedWith, user, watch } from './store/wallboard.ts'

const SHOWN: Readonly<Record<PageName, () => JSX.Element>> = {
  queues: Queues,
  agents: Agents,
  calls: Calls,
  lines: Lines,
  rooms: Rooms,
  phone: Phone,
}

/** Returns the view that a page is of. */
export function viewOf({ page, query }: Route): ViewQuery {
  const { open, window, servers, queues } = query
  if (page === 'calls' && open !== undefined) return { page: 'call', call: open }
  return {
    page,
    ...(servers !== undefined && { servers }),
    ...(queues !== undefined && { queues }),
    ...(page === 'queues' && (window === '15' || window === '60' || window === 'today') && { window }),
  }
}

/** Shows the page that the address names. */
export function App({ board }: { board: string | undefined }): JSX.Element | null {
  const site = me.value?.site.name ?? ''
  const page = route.value.page
  useEffect(() => {
    document.documentElement.lang = language.value
    document.title = board === undefined ? `${say(page)} · ${site}` : site
  }, [language.value, page, site, board])
  if (me.value === undefined) return null
  if (user.value === undefined) return <SignInPage />
  const own = board ?? user.value.board
  return own === null || own === undefined ? <Page /> : <Wall name={own} />
}

function Page(): JSX.Element {
  const { page } = route.value
  const query = viewOf(route.value)
  const who = user.value?.name
  // before anything is painted: the rows of the page before are not those of this one
  useLayoutEffect(() => watch(query), [JSON.stringify(query), who])
  const Shown = SHOWN[page]
  return (
    <Frame>
      {refusedWith.value === undefined || page === 'calls' ? (
        <Shown key={page} />
      ) : (
        <Nothing>{say('viewRefused')}</Nothing>
      )}
    </Frame>
  )
}
