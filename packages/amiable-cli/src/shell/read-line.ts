import { actionFacts } from 'amiable/catalog'
import { usage } from '../errors/usage.ts'
import type { Line } from './commands.ts'
import { wordsOf } from './words.ts'

/** Says what a line means. @throws {CliError} if it cannot be read */
export function lineOf(text: string, verbs: readonly string[]): Line {
  const line = text.trim()
  if (line === '' || line.startsWith('#')) return { type: 'nothing' }
  if (line.startsWith('!')) {
    const command = line.slice(1).trim()
    return command === '' ? { type: 'nothing' } : { type: 'verb', words: ['command', '--', command] }
  }
  if (line === 'exit' || line === 'quit' || line === '\\q') return { type: 'quit' }
  if (line === '\\?') return { type: 'help' }
  if (line.startsWith('\\')) {
    const [, name = '', value = ''] = /^\\(\S*)\s*(.*)$/s.exec(line) ?? []
    return { type: 'setting', name, value }
  }
  const [first = '', ...rest] = wordsOf(line)
  if (first === 'watch') return { type: 'watch', words: rest[0] === 'off' ? 'off' : rest.length > 0 ? rest : undefined }
  // the muscle memory of other shells
  const words = first === 'amiable' ? rest : [first, ...rest]
  const [verb = ''] = words
  if (words.some((word) => /^[^=\s]+=@-$/.test(word)) || (verb === 'send' && words[1] === '-')) {
    throw usage('standard input is what the shell reads: Name=@FILE reads a file')
  }
  const isAction = !verbs.includes(verb) && !verb.startsWith('-') && actionFacts(verb) !== undefined
  return { type: 'verb', words: isAction ? ['send', ...words] : words }
}
