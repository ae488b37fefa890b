// A list of ten thousand rows, of which a screen shows thirty: only those are in the document.
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Which rows of a list stand in the document. */
export interface Window {
  readonly from: number
  readonly to: number
  /** Pixels of the rows above and below. */
  readonly above: number
  readonly below: number
}

// rows beyond the edges, so that a quick finger sees no gap
const MARGIN = 12

/** Returns which rows are to be there. */
export function windowOf(count: number, rowHeight: number, scrolled: number, height: number): Window {
  const from = Math.max(0, Math.min(Math.floor(scrolled / rowHeight) - MARGIN, count))
  const to = Math.max(from, Math.min(count, Math.ceil((scrolled + height) / rowHeight) + MARGIN))
  return { from, to, above: from * rowHeight, below: (count - to) * rowHeight }
}

/** Follows how far an element is scrolled. */
export function useWindow(
  count: number,
  rem: number,
): { shown: Window; place: RefObject<HTMLElement | null>; rowHeight: number } {
  const place = useRef<HTMLElement>(null)
  const [{ scrolled, height }, setSeen] = useState({ scrolled: 0, height: 800 })
  const rowHeight = rem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    let frame = 0
    const look = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => setSeen({ scrolled: element.scrollTop, height: element.clientHeight }))
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      element.removeEventListener('scroll', look)
      observer.disconnect()
    }
  }, [count === 0])
  return { shown: windowOf(count, rowHeight, scrolled, height), place, rowHeight }
}
