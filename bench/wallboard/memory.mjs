// Loaded into the wallboard before it begins: says what it holds when it is asked, after a full collection.
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send({ held: heapUsed + external, rss })
})
