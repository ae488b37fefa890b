// The page begins: who one is, in which language and theme; then what the address names.
import { render } from 'preact'
import { App } from './app.tsx'
import { startClock } from './clock.ts'
import { startCommands } from './commands.ts'
import { languageFor, speak } from './languages/language.ts'
import { boardOf, startRouter } from './router.ts'
import { startSteady } from './steady.ts'
import { startAlerts } from './store/alerts.ts'
import { ApiError, askMe } from './store/api.ts'
import { waitAfter } from './store/backoff.ts'
import { kept, startSettings, startTheme } from './store/settings.ts'
import { doubt, pause, setMe, wake } from './store/wallboard.ts'

const board = boardOf(location.pathname)
// how long a page that nobody sees keeps its connection
const UNSEEN = 60_000

await begin()

async function begin(): Promise<void> {
  startSettings()
  startTheme('auto')
  const me = await firstMe()
  startTheme(me.site.theme)
  const asked = me.site.language === 'auto' ? navigator.languages : [me.site.language]
  if (!(await speak(languageFor(kept('language'), asked)))) return beginAnew()
  if (me.site.ownTheme) addTheme()
  setMe(me)
  startClock(doubt)
  startRouter()
  startCommands()
  startSteady()
  startAlerts()
  watchVisibility()
  const root = document.getElementById('app') as HTMLElement
  render(<App board={board} />, root)
}

/** Loads the page anew when the server is there: it went, or has become another version, before the words were here. */
async function beginAnew(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, waitAfter(1, 0, Math.random())))
  await firstMe()
  location.reload()
}

/** Asks who one is, for as long as it takes: a screen on a wall has nobody to press a key. */
async function firstMe(): Promise<Awaited<ReturnType<typeof askMe>>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await askMe()
    } catch (error) {
      const isRefused = error instanceof ApiError && error.code !== 'network' && error.code !== 'unavailable'
      const wait = isRefused ? 10_000 : waitAfter(attempt, 0, Math.random())
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

function addTheme(): void {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = '/theme.css'
  document.head.append(link)
}

function watchVisibility(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  addEventListener('online', () => {
    // a page that nobody sees has given its connection back
    if (document.visibilityState === 'visible') wake()
  })
  // back from the cache of pages, or from a freeze: what was open then is not now
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) doubt()
  })
  document.addEventListener('resume', () => doubt())
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') wake()
    // an alert that may be heard is heard from a page that nobody sees, too
    else if (board === undefined && kept('sound') !== 'on' && kept('notify') !== 'on') timer = setTimeout(pause, UNSEEN)
  })
}
