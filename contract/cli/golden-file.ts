// Texts of what is printed, in golden/: the same for every server, but where a file is named after one of them.
// `GOLDEN=write` writes them anew: those of 22 first, since the others are told from them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Target } from '../targets.ts'

const FOLDER = fileURLToPath(new URL('./golden/', import.meta.url))

/** Whether the texts are written anew. */
export const isWriting = process.env.GOLDEN === 'write'

/** Returns the text that something must be. */
export function goldenText(target: Target, name: string): string {
  const own = `${FOLDER}${name}.${keyOf(target)}.txt`
  return readFileSync(existsSync(own) ? own : `${FOLDER}${name}.txt`, 'utf8')
}

/** Where all print the same there is one file. */
export function writeGolden(target: Target, name: string, text: string): void {
  const key = keyOf(target)
  const [own, common] = [`${FOLDER}${name}.${key}.txt`, `${FOLDER}${name}.txt`]
  if (key === '22') writeFileSync(common, text)
  if (key === '22' || (existsSync(common) && readFileSync(common, 'utf8') === text)) rmSync(own, { force: true })
  else writeFileSync(own, text)
}

function keyOf({ real, version }: Target): string {
  return real ? String(version) : 'simulator'
}

/** What differs each time, or from one release to the next, becomes a name; as long where columns stand behind it. */
export function lasting(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'ISO TIME')
    .replace(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, 'HH:MM:SS.mmm')
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'HH:MM:SS')
    .replace(/\b\d\d:\d\d\b/g, 'MM:SS')
    .replace(/^ +\d+\.\d{3} /gm, '    S.mmm ')
    .replace(/: \d+\.\d{3} /g, ': S.mmm ')
    .replace(/@default-[\da-f]{8}/g, '@default-XXXXXXXX')
    .replace(/\b(?:\d+(?:\.\d+)? m?s|\d+m\d\ds)\b(?! 0 %)/g, 'N ms')
    .replace(/N ms (?:ahead of|behind)/g, 'N ms away from')
    .replace(/("(?:serial|epoch|startedAt|time)": ?)\d+/g, '$1N')
    .replace(/events \d+\/s/, 'events N/s')
    .replace(/(127\.0\.0\.1(?::| port ))\d+/g, '$1PORT')
    .replace(/(ActionID(?:: | +|": ?"))\w+/g, '$1ID')
    .replace(/\blab\d\d\b/g, 'LAB')
    .replace(/^((?:EVENT|Hangup|Newchannel) +(?:COUNT|\d+)) +\S+$/gm, '$1  RATE')
    .replace(/\b(?:16|22)\.\d[^\s,"]*/g, 'RELEASE')
    .replace(/\d+ of \d+ events shown/, 'N of N events shown')
    .replace(/\d+ actions/, 'N actions')
}
