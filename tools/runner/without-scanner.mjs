// A process that loads this first has no room for the memory of the library's scanner, as under `ulimit -v`: the reader in
// JavaScript takes everything. The rest of WebAssembly stays, for Node's own fetch is made with it.
globalThis.WebAssembly.Memory = class {
  constructor() {
    throw new RangeError('there is no room here, so that the careful reader is tested')
  }
}
