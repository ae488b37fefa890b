import { readSource } from './sources.ts'

/** What a page takes for granted, by name; a block that declares or imports a name of its own goes without it. */
const GIVEN: Readonly<Record<string, string>> = {
  AmiError: "import { AmiError } from 'amiable'",
  LostError: "import { LostError } from 'amiable'",
  connect: "import { connect } from 'amiable'",
  ami: "declare const ami: import('amiable').Client",
  client: "declare const client: import('amiable').Client",
  handler: 'declare function handler(event: unknown): void',
  readSecret: 'declare function readSecret(): Promise<string>',
  readStateAgain: 'declare function readStateAgain(): Promise<void>',
  askTheOperator: 'declare function askTheOperator(about?: string): void',
  tryAgainLater: 'declare function tryAgainLater(): void',
}

/** The TypeScript of a page, block by block, each as a module that stands alone. */
export function snippets(root: string, page: string): string[] {
  return [...readSource(root, page).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => {
    const missing = Object.entries(GIVEN).filter(([name]) => {
      const declared = new RegExp(`(?:const|using|let)\\s+${name}\\b|import \\{[^}]*\\b${name}\\b`)
      return new RegExp(`\\b${name}\\b`).test(code) && !declared.test(code)
    })
    return `${missing.map(([, line]) => line).join('\n')}\n${code}\nexport {}\n`
  })
}
