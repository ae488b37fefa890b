// A run without the library's scanner: which tests it has, and how every process of them is told.

/** What the tests of such a run can reach: who never reads AMI reads the same in every run. */
export const SCANNER = 'packages/amiable/src/wire/scanner.ts'

/*
 * A process that loads this first has no room for the memory of the scanner, as under `ulimit -v`: the reader in
 * JavaScript takes everything. The rest of WebAssembly stays, for Node's own fetch is made with it. It is no file, so
 * that a process in another root has it too.
 */
const CODE = `globalThis.WebAssembly.Memory = class withoutScanner {
  constructor() {
    throw new RangeError('there is no room here, so that the careful reader is tested')
  }
}`
const OPTION = `--import=data:text/javascript,${encodeURIComponent(CODE)}`

/** What `node -p` says of a process: whether it has room for that memory. */
export const HAS_ROOM =
  '{ let room = true; try { new WebAssembly.Memory({ initial: 1 }) } catch { room = false }; room }'

/** Makes the processes that this one starts careful, and those that they start. */
export function beCareful(): void {
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, OPTION].filter(Boolean).join(' ')
}

/** Whether this process is one of a careful run. */
export function isCareful(): boolean {
  return process.env.NODE_OPTIONS?.includes(OPTION) === true
}

/**
 * Returns what a process needs whose environment does not have ours: in a careful run it is careful too.
 * @param more options of its own for Node
 */
export function alsoCareful(more?: string): { readonly NODE_OPTIONS?: string } {
  const options = [...(isCareful() ? [OPTION] : []), ...(more === undefined ? [] : [more])]
  return options.length > 0 ? { NODE_OPTIONS: options.join(' ') } : {}
}
