// What somebody chose for this browser.
import { effect, signal } from '@preact/signals'

const PREFIX = 'amiable-wallboard.'

/** Returns what was kept under a name; a browser that keeps nothing has nothing. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

/** Keeps something under a name. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // a private window keeps it until it is closed
  }
}

export type Theme = 'light' | 'dark'

export const theme = signal<Theme>('light')
export const sound = signal(kept('sound') === 'on')
export const notify = signal(kept('notify') === 'on')
/** Whether the queues are a table. */
export const asTable = signal(kept('table') === 'on')
/** Whether the agents are a list. */
export const asList = signal(kept('list') === 'on')

const switches = { sound, notify, table: asTable, list: asList }

/** Begins with the theme that was chosen, that the site wants, or that the computer has; follows the computer. */
export function startTheme(ofSite: Theme | 'auto'): void {
  const chosen = kept('theme')
  const query = matchMedia('(prefers-color-scheme: dark)')
  const fromComputer = (): Theme => (query.matches ? 'dark' : 'light')
  if (chosen === 'light' || chosen === 'dark') theme.value = chosen
  else if (ofSite !== 'auto') theme.value = ofSite
  else {
    theme.value = fromComputer()
    query.addEventListener('change', () => {
      if (kept('theme') === null) theme.value = fromComputer()
    })
  }
}

/** Chooses a theme and keeps it. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  keep('theme', chosen)
}

/** Writes what is chosen into the document, and keeps the switches. */
export function startSettings(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
  })
  for (const [name, one] of Object.entries(switches)) effect(() => keep(name, one.value ? 'on' : 'off'))
}
