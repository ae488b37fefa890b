// What a key does to the page: it presses the button that a finger would press, on the row that one is on.
import { signal } from '@preact/signals'
import { type Command, Keyboard } from './keys.ts'
import { goTo } from './router.ts'

export const helpIsOpen = signal(false)

/** Begins to listen to the keyboard. */
export function startCommands(): void {
  const keyboard = new Keyboard()
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, altKey, metaKey, target } = event
    const typing = target instanceof Element && target.matches('input:not([type=checkbox]), select, textarea')
    const isAsked = document.querySelector('dialog[open]') !== null
    if (isAsked) return
    const command = keyboard.read({ key, modified: ctrlKey || altKey || metaKey, typing }, performance.now())
    if (command !== undefined && run(command)) event.preventDefault()
  })
}

/** Does what a key asks for; whether there was anything to do. */
function run(command: Command): boolean {
  switch (command.type) {
    case 'page':
      goTo(command.page)
      return true
    case 'move':
      return move(command.by)
    case 'open':
      return press(`[data-open]`, rowNow()) || press('[data-back]')
    case 'pause':
    case 'listen':
    case 'hangup':
      return press(`[data-shortcut=${command.type}]`, rowNow()) || press(`.me [data-shortcut=${command.type}]`)
    case 'reason':
      return press(`[data-reason="${command.index}"]`)
    case 'table':
    case 'theme':
      return press(`[data-command=${command.type}]`)
    case 'search':
      document.getElementById('search')?.focus()
      return true
    case 'help':
      helpIsOpen.value = true
      return true
    case 'cancel':
      return press('[data-back]')
  }
}

function rowNow(): Element | null {
  return document.activeElement?.closest('[data-row]') ?? null
}

function press(selector: string, within: ParentNode | null = document): boolean {
  const button = within?.querySelector<HTMLButtonElement>(selector)
  if (!button || button.disabled) return false
  button.click()
  return true
}

function move(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('#main [data-row]')]
  const current = rowNow()
  const at = current instanceof HTMLElement ? rows.indexOf(current) : -1
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}
