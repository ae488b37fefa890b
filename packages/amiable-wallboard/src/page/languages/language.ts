// The words of the page: a language is chosen once and kept. English is always there; another one is fetched.
import { signal } from '@preact/signals'
import type { LanguageName } from '../../protocol/language.ts'
import { en, type MessageName, type Messages } from './en.ts'

interface Spoken {
  /** What the language calls itself. */
  readonly name: string
  readonly load: () => Promise<Messages>
}

const SPOKEN: Readonly<Record<LanguageName, Spoken>> = {
  en: { name: 'English', load: async () => en },
  de: { name: 'Deutsch', load: async () => (await import('./de.ts')).de },
  es: { name: 'Español', load: async () => (await import('./es.ts')).es },
  'pt-BR': { name: 'Português (Brasil)', load: async () => (await import('./pt-br.ts')).ptBR },
}

/** The languages that there are, by their names. */
export const LANGUAGES: Readonly<Record<string, Spoken>> = SPOKEN

export const language = signal('en')
let messages: Messages = en

/** Returns the language to begin with: the one that was chosen, or the first that the browser asks for. */
export function languageFor(chosen: string | null, asked: readonly string[]): string {
  for (const wanted of chosen === null ? asked : [chosen, ...asked]) {
    const short = wanted.split('-')[0]?.toLowerCase()
    const found = Object.keys(LANGUAGES).find((name) => name === wanted || name.split('-')[0] === short)
    if (found !== undefined) return found
  }
  return 'en'
}

/** Speaks a language from now on; the one before stays where it cannot be fetched. */
export async function speak(name: string): Promise<void> {
  try {
    messages = (await LANGUAGES[name]?.load()) ?? en
    language.value = name
  } catch {
    // the server is away
  }
}

/** Returns a message in the language of the page. */
export function say(name: MessageName, values: Readonly<Record<string, string | number>> = {}): string {
  // who reads a message is drawn again when the language changes
  void language.value
  return messages[name].replace(/\{(\w+)\}/g, (all, key: string) =>
    Object.hasOwn(values, key) ? String(values[key]) : all,
  )
}
