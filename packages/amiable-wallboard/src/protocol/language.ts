/** The languages of the page, by the names that browsers ask for. */
export const LANGUAGE_NAMES = ['en', 'de', 'es', 'pt-BR'] as const

export type LanguageName = (typeof LANGUAGE_NAMES)[number]
