#!/usr/bin/env node
// Says in the syntax of any Node that this one is too old, before a file of ours is read that it cannot read.
'use strict'
var version = process.versions.node.split('.').map(Number)
var major = version[0]
var minor = version[1]
if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) {
  void import('../dist/main.js')
} else {
  console.error('amiable-wallboard: Node 20.19, or 22.12 and newer, must be installed, got Node', process.versions.node)
  process.exitCode = 2
}
