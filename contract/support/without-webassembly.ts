// Whoever imports this first has an engine as `node --jitless` is: there is nothing to scan with.
Reflect.deleteProperty(globalThis, 'WebAssembly')
