// Plain JavaScript that any Node reads: what is too old is told so, and not by a SyntaxError.
var version = process.versions.node.split('.').map(Number)
var major = version[0]
var minor = version[1]
if (major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12)) {
  console.error('amiable needs Node 20.19, or 22.12 and newer, and this is', process.versions.node)
  process.exit(1)
}
