// A board changes while people use it. A press goes to the button that was aimed at, also where the page has moved under
// the pointer; and the focus stays with its row, also where its button goes.

/** So long after a change nobody can have seen it: a press is still meant for what was there before. */
const UNSEEN = 250
/** So far a pointer may move between down and up, in pixels. */
const STILL = 8
/** So long after a move of the pointer or a key somebody is about to press something. */
const BUSY = 2_000

let usedAt = Number.NEGATIVE_INFINITY

/** Whether somebody moves the pointer or uses the keyboard at this moment. */
export function isInUse(): boolean {
  return performance.now() - usedAt < BUSY
}

/** Begins to look after pointer and focus. */
export function startSteady(): void {
  keepAim()
  keepFocus()
}

/** A button as a target; another one is another element, for rows and verbs have keys. */
function buttonOf({ target }: Event): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('button, a') : null
}

function keepAim(): void {
  let [x, y] = [-1, -1]
  let under: HTMLElement | null = null
  /** What was under the pointer before the page moved under it. */
  let before: HTMLElement | null = null
  let changedAt = Number.NEGATIVE_INFINITY
  let scrolledAt = Number.NEGATIVE_INFINITY
  let aim: HTMLElement | null | undefined
  let pressed: HTMLElement | null | undefined
  const isAt = (event: MouseEvent, within = 0) =>
    Math.abs(event.clientX - x) <= within && Math.abs(event.clientY - y) <= within
  listen('pointerover', (event) => {
    const found = buttonOf(event)
    if (found === under || !isAt(event)) return
    // who scrolls moves the page himself; the first of several changes took away what was aimed at
    if (event.timeStamp - scrolledAt >= UNSEEN) {
      if (event.timeStamp - changedAt >= UNSEEN) before = under
      changedAt = event.timeStamp
    }
    under = found
  })
  listen('scroll', ({ timeStamp }) => {
    scrolledAt = timeStamp
    changedAt = Number.NEGATIVE_INFINITY
  })
  listen('pointermove', (event) => {
    usedAt = event.timeStamp
    ;[x, y] = [event.clientX, event.clientY]
    under = buttonOf(event)
    changedAt = Number.NEGATIVE_INFINITY
  })
  listen('pointerdown', (event) => {
    usedAt = event.timeStamp
    // a finger comes from nowhere
    if (!isAt(event)) changedAt = Number.NEGATIVE_INFINITY
    ;[x, y] = [event.clientX, event.clientY]
    under = buttonOf(event)
    aim = event.timeStamp - changedAt < UNSEEN ? before : under
  })
  listen('click', (event) => {
    // the second click of two is meant for what the first was on, whatever stands there since
    const wanted = event.detail > 1 ? pressed : aim
    pressed = wanted
    aim = undefined
    // a key, a label and a program have no pointer
    if (wanted === undefined || !event.isTrusted || event.detail === 0 || buttonOf(event) === wanted) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (wanted !== null && isAt(event, STILL) && isThere(wanted)) wanted.click()
  })
}

function keepFocus(): void {
  let byKey = false
  let last: HTMLElement | undefined
  let row: HTMLElement | null = null
  let next: Element | null = null
  listen('keydown', ({ timeStamp }) => {
    usedAt = timeStamp
    byKey = true
  })
  listen('pointerdown', () => {
    byKey = false
  })
  listen('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return
    last = target
    row = target.closest('[data-row]')
    next = row?.nextElementSibling ?? row?.previousElementSibling ?? null
  })
  new MutationObserver(() => {
    const now = document.activeElement
    if (!byKey || last === undefined || (now !== document.body && !now?.matches(':disabled'))) return
    const same = row?.querySelector(`[data-verb="${last.dataset.verb}"]`)
    const found = [last, same, row, next].find(
      (one) => one instanceof HTMLElement && one.matches('[tabindex], :enabled') && isThere(one),
    )
    if (found instanceof HTMLElement) found.focus({ preventScroll: true })
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled', 'inert'] })
}

function isThere(element: Element): boolean {
  return element.isConnected && element.closest('[inert]') === null
}

function listen<N extends keyof DocumentEventMap>(name: N, take: (event: DocumentEventMap[N]) => void): void {
  document.addEventListener(name, take, true)
}
