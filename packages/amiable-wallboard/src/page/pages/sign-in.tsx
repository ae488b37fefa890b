// Who one is, where the wallboard has users of its own.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { say } from '../languages/language.ts'
import { Mark } from '../parts/mark.tsx'
import { ApiError, signIn } from '../store/api.ts'
import { me, setMe } from '../store/wallboard.ts'

/** Asks for a name and a password. */
export function SignInPage(): JSX.Element {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState('')
  const [isAsking, setAsking] = useState(false)
  const isLocal = me.value?.signIn === 'local'
  const submit = async (event: Event) => {
    event.preventDefault()
    setAsking(true)
    setFault('')
    try {
      setMe(await signIn({ name, password }))
    } catch (error) {
      setPassword('')
      setFault(faultOf(error))
    } finally {
      setAsking(false)
    }
  }
  return (
    <main class="sign-in" id="main">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>
          <Mark /> {me.value?.site.name ?? 'amiable'}
        </h1>
        {!isLocal && <p>{say('signedOutBand')}</p>}
        {isLocal && (
          <>
            <label class="field">
              <span>{say('userName')}</span>
              <input
                name="name"
                autocomplete="username"
                required
                maxLength={100}
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </label>
            <label class="field">
              <span>{say('password')}</span>
              <input
                name="password"
                type="password"
                autocomplete="current-password"
                required
                maxLength={1000}
                value={password}
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            </label>
            <p class="fault" role="alert">
              {fault}
            </p>
            <button type="submit" class="button primary large" disabled={isAsking}>
              {say('signIn')}
            </button>
          </>
        )}
      </form>
    </main>
  )
}

function faultOf(error: unknown): string {
  if (!(error instanceof ApiError) || error.code === 'network') return say('signInBroken')
  if (error.code === 'throttled') return say('signInSlow', { seconds: error.retryAfter ?? 60 })
  return say('signInFailed')
}
