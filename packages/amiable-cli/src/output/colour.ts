import { styleText } from 'node:util'

type Environment = Readonly<Record<string, string | undefined>>

export const COLOUR = ['auto', 'always', 'never'] as const
export type ColourChoice = (typeof COLOUR)[number]

/** The styles that are used. None carries a meaning alone: a word or a letter always says the same. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Styles a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

/** Decides whether a stream is written in colour. */
export function isColoured(choice: ColourChoice, terminal: boolean, env: Environment): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  if (isSet(env.FORCE_COLOR) || isSet(env.CLICOLOR_FORCE)) return true
  return terminal && env.TERM !== 'dumb'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}

/** Makes the function that styles. */
export function painter(coloured: boolean): Paint {
  if (!coloured) return (_, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}
