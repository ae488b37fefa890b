// The big screens: the way to each board, and for those who may the links by which a screen shows one.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Display } from '../../protocol/board.ts'
import { now } from '../clock.ts'
import { timeOf } from '../format.ts'
import { language, say } from '../languages/language.ts'
import { makeLink, read, revokeLink } from '../store/api.ts'
import { me, user } from '../store/wallboard.ts'
import { refusalText } from './actions.tsx'
import { Icon } from './icon.tsx'
import { Name } from './text.tsx'

/** Shows the boards. */
export function Boards(): JSX.Element | null {
  const boards = me.value?.site.boards ?? []
  const mayLink = user.value?.links === true
  const [links, setLinks] = useState<readonly Display[]>([])
  const [made, setMade] = useState<string | undefined>(undefined)
  const [ending, setEnding] = useState<string | undefined>(undefined)
  const [fault, setFault] = useState('')
  const list = async () => setLinks((await read<{ displays: Display[] }>('/api/displays')).displays)
  const run = async (work: () => Promise<unknown>) => {
    setFault('')
    await work()
      .then(list)
      .catch((error: unknown) => setFault(refusalText(error)))
  }
  useEffect(() => {
    if (mayLink && boards.length > 0) void run(list)
  }, [mayLink])
  if (boards.length === 0) return null
  const titleOf = (board: string) => boards.find(({ name }) => name === board)?.title ?? board
  return (
    <>
      <h2>{say('boards')}</h2>
      <ul>
        {boards.map(({ name, title }) => (
          <li key={name} class="board-line">
            <a href={`/wall/${encodeURIComponent(name)}`}>
              <Icon name="table" />
              <Name>{title}</Name>
            </a>
            {mayLink && (
              <button
                type="button"
                class="button"
                aria-label={`${say('linkMake')}: ${title}`}
                onClick={() => void run(async () => setMade(location.origin + (await makeLink(name)).url))}
              >
                {say('linkMake')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {made !== undefined && (
        <label class="field">
          <span>{say('linkNote')}</span>
          <input readOnly value={made} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
      {fault !== '' && <output class="pending failed">{fault}</output>}
      <ul class="links">
        {links.map(({ id, board, madeBy, madeAt, usedAt }) => (
          <li key={id} class="board-line">
            <span>
              <Name>{titleOf(board)}</Name>
              <span class="soft small">
                {usedAt === null
                  ? say('linkUnused')
                  : say('sinceTime', { time: timeOf(usedAt, language.value, now.peek(), false) })}
                {' · '}
                {madeBy}, {timeOf(madeAt, language.value, now.peek(), false)}
              </span>
            </span>
            {ending === id ? (
              <span class="ask">
                {say('sure', { action: say('linkRevoke') })}
                <button
                  key="yes"
                  type="button"
                  class="button danger sure"
                  onClick={() => void run(() => revokeLink(id)).then(() => setEnding(undefined))}
                >
                  {say('yes')}
                </button>
                <button key="no" type="button" class="button" onClick={() => setEnding(undefined)}>
                  {say('no')}
                </button>
              </span>
            ) : (
              <button
                key="revoke"
                type="button"
                class="button danger"
                aria-label={`${say('linkRevoke')}: ${titleOf(board)}`}
                onClick={() => setEnding(id)}
              >
                {say('linkRevoke')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
