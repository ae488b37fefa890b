// Configuration files of Asterisk as Asterisk reads them (main/config.c:config_text_file_load, process_text_line).
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { readGivenFile } from 'amiable-settings'
import { globOf } from '../where/glob.ts'

/** Where something stands. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** One `name = value`. */
export interface Setting extends Place {
  readonly name: string
  readonly value: string
}

/** One `[name]` with what it has of its own and of its templates. */
export interface Section extends Place {
  readonly name: string
  readonly isTemplate: boolean
  readonly settings: readonly Setting[]
}

/** What Asterisk's parser has against a line. */
export interface ParseFault extends Place {
  readonly says: string
  /** Whether Asterisk gives up all of the configuration. */
  readonly ends: boolean
}

/** A configuration with everything that it includes. */
export interface Configuration {
  readonly files: readonly string[]
  readonly sections: readonly Section[]
  readonly faults: readonly ParseFault[]
}

// main/config.c:MAX_INCLUDE_LEVEL
const DEEPEST = 10
// main/config.c:config_text_file_load, buf
const LONGEST_LINE = 8_190

/** Reads a configuration file and what it includes. Its folder is the one that includes are looked for in. */
export function readConfiguration(path: string): Configuration {
  const reader = new Reader(dirname(path))
  reader.file(path, 1)
  return reader
}

interface OpenSection extends Place {
  readonly name: string
  isTemplate: boolean
  settings: Setting[]
}

class Reader implements Configuration {
  readonly files: string[] = []
  readonly sections: OpenSection[] = []
  readonly faults: ParseFault[] = []
  readonly #folder: string
  #current: OpenSection | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  file(path: string, level: number): void {
    this.files.push(path)
    const comments = new Comments()
    for (const [at, raw] of readGivenFile(path)
      .replace(/^\ufeff/, '')
      .split('\n')
      .entries()) {
      const place = { file: path, line: at + 1 }
      if (Buffer.byteLength(raw) > LONGEST_LINE) {
        this.#fault(place, 'the line is too long, and Asterisk leaves it out')
        continue
      }
      const text = comments.strip(raw).trim()
      if (text === '') continue
      if (text.startsWith('[')) this.#section(text, place)
      else if (text.startsWith('#')) this.#directive(text, place, level)
      else this.#setting(text, place)
    }
  }

  #section(text: string, place: Place): undefined {
    const end = text.indexOf(']')
    if (end === -1) return this.#fault(place, 'the [ has no ]', true)
    const name = text.slice(1, end)
    const close = text[end + 1] === '(' ? text.indexOf(')', end + 2) : end
    if (close === -1) return this.#fault(place, 'the ( has no )', true)
    const section: OpenSection = { name, isTemplate: false, settings: [], ...place }
    let target = section
    for (const word of close === end ? [] : text.slice(end + 2, close).split(',')) {
      if (word === '!') target.isTemplate = true
      else if (word.startsWith('+')) {
        const known = this.#named(name)
        if (known === undefined) return this.#fault(place, `[${name}](+) adds to a section that does not exist`, true)
        known.isTemplate ||= section.isTemplate
        known.settings.push(...section.settings)
        target = known
      } else {
        const base = this.#named(word)
        if (base === undefined) return this.#fault(place, `there is no section ${word} before [${name}]`, true)
        target.settings.push(...base.settings)
      }
    }
    this.#current = target
    if (target === section) this.sections.push(section)
  }

  #named(name: string): OpenSection | undefined {
    return this.sections.find((one) => one.name.toLowerCase() === name.toLowerCase())
  }

  #directive(text: string, place: Place, level: number): undefined {
    const [, word = '', argument = ''] = /^#(\S*)\s*(.*)$/.exec(text) ?? []
    const name = word.toLowerCase()
    if (name === 'exec') return this.#fault(place, '#exec runs a program: what it prints is not looked at here')
    if (name !== 'include' && name !== 'tryinclude') return this.#fault(place, `there is no directive #${word}`)
    if (argument === '') return this.#fault(place, `#${name} needs the name of a file`)
    const quoted = /^"(.*)"$|^<(.*)>$/.exec(argument)
    const wanted = quoted?.[1] ?? quoted?.[2] ?? argument
    const found = filesOf(isAbsolute(wanted) ? wanted : join(this.#folder, wanted))
    if (found.length === 0) {
      if (name === 'include') this.#fault(place, `the file ${wanted} of #include is missing or cannot be read`, true)
    } else if (level >= DEEPEST) this.#fault(place, 'files include each other too deeply', true)
    else for (const path of found) this.file(path, level + 1)
  }

  #setting(text: string, place: Place): undefined {
    if (this.#current === undefined) return this.#fault(place, 'the line stands before the first [section]', true)
    const escaped = text.startsWith('\\')
    const line = escaped ? text.slice(1) : text
    const at = line.indexOf('=', escaped ? 1 : 0)
    if (at === -1) return this.#fault(place, 'the line has no =')
    const adds = at > 0 && line[at - 1] === '+'
    const name = line.slice(0, adds ? at - 1 : at).trim()
    const value = line.slice(!adds && line[at + 1] === '>' ? at + 2 : at + 1)
    if (name === '') return this.#fault(place, 'the line has no name before its =')
    const { settings } = this.#current
    const last = adds ? settings.findLastIndex((one) => one.name === name) : -1
    if (last === -1) settings.push({ name, value: value.trim(), ...place })
    else settings[last] = { name, value: `${settings[last]?.value}${value}`.trim(), ...place }
  }

  #fault(place: Place, says: string, ends = false): undefined {
    this.faults.push({ ...place, says, ends })
  }
}

/** Takes comments out of lines: from `;` to the end, and from `;--` to `--;` over several lines. */
class Comments {
  #depth = 0

  strip(line: string): string {
    let kept = ''
    for (let at = 0; at < line.length; at++) {
      const char = line[at] as string
      if (char !== ';') {
        if (this.#depth === 0) kept += char
      } else if (line[at - 1] === '\\') {
        if (this.#depth === 0) kept = `${kept.slice(0, -1)};`
      } else if (line.startsWith('--', at + 1) && line[at + 3] !== '-') {
        this.#depth++
        at += 2
      } else if (this.#depth === 0) break
      else if (line.slice(Math.max(0, at - 2), at) === '--') this.#depth--
    }
    return kept
  }
}

/** Returns the files that a path with `*` and `?` in its last part means. */
function filesOf(path: string): string[] {
  const isFile = (one: string) => {
    try {
      accessSync(one, constants.R_OK)
      return statSync(one).isFile()
    } catch {
      return false
    }
  }
  if (!/[*?]/.test(basename(path))) return isFile(path) ? [path] : []
  const fits = globOf(basename(path))
  try {
    const names = readdirSync(dirname(path)).filter((name) => fits(name))
    return names
      .sort()
      .map((name) => join(dirname(path), name))
      .filter(isFile)
  } catch {
    return []
  }
}
