// Who one is, and what the configuration says to the page.
import type { LanguageName } from './language.ts'
import type { Verb } from './verbs.ts'

/** What somebody may do; each has what the one before has. A display only looks at its board. */
export type Role = 'display' | 'viewer' | 'agent' | 'supervisor' | 'admin'

/** On what a verb may be used: nothing, what is one's own (rows with `own`), or all of one's scope. */
export type Reach = 'never' | 'own' | 'scope'

/** Who looks, and what the page needs to know before it shows anything. */
export interface Me {
  /** Null: nobody is signed in. */
  readonly user: User | null
  /** Where the page asks for a password; `none` and `proxy` need no form. */
  readonly signIn: 'none' | 'proxy' | 'local'
  readonly site: Site
  readonly now: number
}

/** Somebody who is signed in. */
export interface User {
  readonly name: string
  readonly role: Role
  /** One's own phone, for `phone`, `dial`, `listen` … */
  readonly device: { readonly server: string; readonly interface: string } | null
  /** The key of one's own row among `agents`; a member's row names it too. */
  readonly agent: string | null
  readonly may: Readonly<Record<Verb, Reach>>
  /** Whether numbers are masked. */
  readonly masked: boolean
  /** Whether one may make display links: they show all of a board, also what is outside one's scope. */
  readonly links: boolean
  /** The only board, of a display. */
  readonly board: string | null
}

/** What the configuration says to the page. Of it `name`, `languages` and `version` are all that strangers see. */
export interface Site {
  readonly name: string
  readonly version: string
  /** Whether it shows the simulated call centre. */
  readonly simulated: boolean
  /** `auto` takes the language of the browser. */
  readonly language: 'auto' | LanguageName
  readonly theme: 'auto' | 'light' | 'dark'
  /** Whether /theme.css and /logo are there. */
  readonly ownTheme: boolean
  readonly ownLogo: boolean
  readonly servers: readonly string[]
  readonly windows: readonly ('15' | '60' | 'today')[]
  readonly pauseReasons: readonly string[]
  readonly boards: readonly { readonly name: string; readonly title: string }[]
}

/** The body of a sign-in. */
export interface SignIn {
  readonly name: string
  readonly password: string
}
