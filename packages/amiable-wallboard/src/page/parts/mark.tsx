import type { JSX } from 'preact'
import { me } from '../store/wallboard.ts'

/** Draws the sign of the site: its own, or this program's. */
export function Mark(): JSX.Element {
  if (me.value?.site.ownLogo) return <img class="logo" src="/logo" alt="" />
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d="M3 13a9 9 0 0 1 18 0M3 13v4a2 2 0 0 0 2 2h2v-6H3M21 13v4a2 2 0 0 1-2 2h-2v-6h4M9 15.5h1.5L12 12l1.6 6 1-2.5H16"
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
