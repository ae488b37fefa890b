// The words of the page: a language is chosen once and kept, and only that one is fetched.
import { signal } from '@preact/signals'
import type { LanguageName } from '../../protocol/language.ts'
import type { MessageName, Messages } from './en.ts'

interface Spoken {
  /** What the language calls itself. */
  readonly name: string
  readonly load: () => Promise<Messages>
}

const SPOKEN: Readonly<Record<LanguageName, Spoken>> = {
  en: { name: 'English', load: async () => (await import('./en.ts')).en },
  de: { name: 'Deutsch', load: async () => (await import('./de.ts')).de },
  es: { name: 'Español', load: async () => (await import('./es.ts')).es },
  'pt-BR': { name: 'Português (Brasil)', load: async () => (await import('./pt-br.ts')).ptBR },
}

/** The languages that there are, by their names. */
export const LANGUAGES: Readonly<Record<string, Spoken>> = SPOKEN

export const language = signal('en')
/** Those of the language; none before the first one is spoken. */
let messages: Partial<Messages> = {}

/** Returns the language to begin with: the one that was chosen, or the first that the browser asks for. */
export function languageFor(chosen: string | null, asked: readonly string[]): string {
  for (const wanted of chosen === null ? asked : [chosen, ...asked]) {
    const short = wanted.split('-')[0]?.toLowerCase()
    const found = Object.keys(LANGUAGES).find((name) => name === wanted || name.split('-')[0] === short)
    if (found !== undefined) return found
  }
  return 'en'
}

/** Speaks a language from now on, and says whether: the one before stays where it cannot be fetched. */
export async function speak(name: string): Promise<boolean> {
  try {
    messages = await SPOKEN[name as LanguageName].load()
    language.value = name
    return true
  } catch {
    // the server is away
    return false
  }
}

/** Returns a message in the language of the page. */
export function say(name: MessageName, values: Readonly<Record<string, string | number>> = {}): string {
  // who reads a message is drawn again when the language changes
  void language.value
  return (messages[name] ?? name).replace(/\{(\w+)\}/g, (all, key: string) =>
    Object.hasOwn(values, key) ? String(values[key]) : all,
  )
}
