// A number, a name, a channel: looked for in everything that one may see, wherever one is.
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Snapshot } from '../../protocol/view.ts'
import { say } from '../languages/language.ts'
import { goTo } from '../router.ts'
import { read } from '../store/api.ts'
import { type Found, findIn, SEARCHED } from './find.ts'
import { Icon } from './icon.tsx'
import { Name } from './text.tsx'

// what was fetched is good for as long as somebody types
const FRESH = 5_000

/** Shows the field and what was found. */
export function Search(): JSX.Element {
  const [typed, setTyped] = useState('')
  const [snapshots, setSnapshots] = useState<ReadonlyMap<string, Snapshot>>(new Map())
  const [chosen, setChosen] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const fetchedAt = useRef(Number.NEGATIVE_INFINITY)
  const load = async () => {
    if (performance.now() - fetchedAt.current < FRESH) return
    fetchedAt.current = performance.now()
    const all = await Promise.all(
      SEARCHED.map((page) =>
        read<Snapshot>(`/api/view?page=${page}`).then(
          (snapshot) => [page, snapshot] as const,
          () => undefined,
        ),
      ),
    )
    setSnapshots(new Map(all.filter((one) => one !== undefined)))
  }
  const found = isOpen ? findIn(snapshots, typed) : []
  useEffect(() => setChosen(0), [typed])
  const go = (one: Found | undefined) => {
    if (one === undefined) return
    setOpen(false)
    setTyped('')
    goTo(one.page, { open: one.key })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setChosen((chosen + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(found[chosen])
    } else if (event.key === 'Escape') {
      setOpen(false)
      setTyped('')
      ;(event.currentTarget as HTMLElement).blur()
    }
  }
  const isShown = isOpen && typed.trim() !== ''
  return (
    <search class="search">
      <input
        id="search"
        type="text"
        role="combobox"
        aria-label={say('search')}
        aria-expanded={isShown}
        aria-controls="found"
        aria-autocomplete="list"
        {...(isShown && found.length > 0 && { 'aria-activedescendant': `found-${chosen}` })}
        placeholder={say('searchHint')}
        autocomplete="off"
        maxLength={100}
        value={typed}
        onFocus={() => {
          setOpen(true)
          void load()
        }}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setOpen(true)
          void load()
        }}
        onKeyDown={onKeyDown}
      />
      <div class="panel" hidden={!isShown}>
        <div id="found" role="listbox" aria-label={say('search')}>
          {found.map((one, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={`${one.page} ${one.key} ${at}`}
              id={`found-${at}`}
              role="option"
              aria-selected={at === chosen}
              tabIndex={-1}
              class="found"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(one)}
            >
              <Icon name={one.page} />
              <Name>{one.title}</Name>
              <Name class="soft small">{one.about}</Name>
            </div>
          ))}
        </div>
        {isShown && found.length === 0 && <p class="soft small">{say('searchNone')}</p>}
      </div>
    </search>
  )
}
