// node --import ./tools/loader/typescript.mjs FILE: runs TypeScript from the sources, as tsx does, and starts in a third
// of its time. What tests start, and they themselves, begin some thousand processes in a run; tsx takes a
// third of a second of each before it reads a file. Programs that people start, which are few, take tsx.
import { register } from 'node:module'

register('./hooks.mjs', import.meta.url)
// a stack names the lines of the sources
process.setSourceMapsEnabled(true)
