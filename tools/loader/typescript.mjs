// node --import ./tools/loader/typescript.mjs FILE: runs TypeScript from the sources, as tsx does, and starts in a third
// of its time. What tests start, and they themselves, begin some thousand processes in a run; tsx takes a
// third of a second of each before it reads a file. Programs that people start, which are few, take tsx.
import { register } from 'node:module'
import { mapStacks } from './stacks.mjs'

register('./hooks.mjs', import.meta.url)
// a stack names the lines of the sources. Node itself reads a map of each file that it loads, which takes a fifth of the
// start of a test; it has to where lines are counted
if (process.env.NODE_V8_COVERAGE === undefined) mapStacks()
else process.setSourceMapsEnabled(true)
