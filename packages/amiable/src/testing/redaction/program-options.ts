import { isSecretName } from '../../util/secret-names.ts'

const option = /(?<![^\s(,"'=])--([\w-]{2,40})[ \t]+("[^"]*"|'[^']*'|[^\s,)"']+)/g

/** Finds the secrets of a program's options that stand behind a blank: `--password …`. */
export function findSecretsOfOptions(
  text: string,
  from: number,
  to: number,
  found: (from: number, to: number) => void,
): void {
  const part = text.slice(from, to)
  if (!part.includes('--')) return
  for (const { index, 0: all, 1: name = '', 2: value = '' } of part.matchAll(option)) {
    const end = from + index + all.length
    if (isSecretName(name)) found(end - value.length, end)
  }
}
