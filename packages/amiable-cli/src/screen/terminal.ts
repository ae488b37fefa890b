// A terminal that a program has for itself: the alternate screen, keys, ^Z, and everything as it was at the end.
import { writeSync } from 'node:fs'
import { emitKeypressEvents } from 'node:readline'
import { stopGroup } from '../context/stop.ts'
import type { Io } from '../io.ts'
import type { Paint } from '../output/colour.ts'
import { DRAIN } from '../output/writer.ts'
import { Painter, type ScreenLine } from './painter.ts'

/** What a screen shows, and what keys do. */
export interface ScreenView {
  lines(width: number, height: number): readonly ScreenLine[]
  /** Takes a key: its letter, or a name such as `up`. Returns whether the screen is left. */
  key(name: string, letter: string): boolean
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J'
const LEAVE = '\x1b[?25h\x1b[?1049l'

interface Key {
  readonly name?: string
  readonly ctrl?: boolean
  readonly sequence?: string
}

/** Shows a view until it is left with a key, or the command ends. Draws so often, and after each key. */
export async function showScreen(io: Io, paint: Paint, view: ScreenView, every: number): Promise<void> {
  const painter = new Painter(paint)
  const { stdin, stdout } = process
  let isEntered = false
  let isOver = false
  const draw = () => {
    // a terminal that nobody reads gets no further frame: those between are never shown
    if (!isEntered || io.out.waiting > 0) return
    const [width = 80, height = 24] = [io.columns(), io.rows()]
    const frame = painter.frame(view.lines(width, height), width, height)
    if (frame !== '') io.out.offerText(frame)
  }
  const setRaw = (on: boolean) => {
    try {
      stdin.setRawMode(on)
    } catch {
      // the terminal is gone
    }
  }
  const enter = () => {
    if (isOver) return
    isEntered = true
    setRaw(true)
    stdin.resume()
    painter.forget()
    io.out.offerText(ENTER)
    setImmediate(draw)
  }
  const leave = async () => {
    if (!isEntered) return
    isEntered = false
    setRaw(false)
    io.out.offerText(LEAVE)
    await io.out.drain(DRAIN.screen)
  }
  // where the program ends in no order
  const restore = () => {
    if (!isEntered) return
    setRaw(false)
    try {
      writeSync(1, LEAVE)
    } catch {
      // the terminal is gone
    }
  }
  // one that was sent to this program is for it alone
  const onStop = () => void leave().then(() => process.kill(process.pid, 'SIGSTOP'))
  const suspend = async () => {
    await leave()
    process.off('SIGTSTP', onStop)
    await stopGroup()
    process.on('SIGTSTP', onStop)
    if (!isEntered) enter()
  }
  const resized = () => {
    painter.forget()
    io.out.offerText('\x1b[2J')
    setImmediate(draw)
  }
  let quit = () => {}
  const left = new Promise<void>((resolve) => {
    quit = resolve
  })
  const onKey = (letter: string | undefined, { name, ctrl, sequence }: Key) => {
    if (ctrl && name === 'c') process.kill(process.pid, 'SIGINT')
    else if (ctrl && name === 'z') void suspend()
    else if (ctrl && name === 'l') resized()
    else if (view.key(name ?? sequence ?? '', letter ?? '')) quit()
    else draw()
  }
  emitKeypressEvents(stdin)
  stdin.on('keypress', onKey)
  // the terminal was closed
  stdin.on('end', quit)
  stdin.on('error', quit)
  stdout.on('resize', resized)
  process.on('SIGTSTP', onStop)
  process.on('SIGCONT', enter)
  process.once('exit', restore)
  io.signal.addEventListener('abort', () => quit(), { once: true })
  if (io.signal.aborted) quit()
  enter()
  const timer = setInterval(draw, every)
  try {
    await left
  } finally {
    isOver = true
    clearInterval(timer)
    stdin.off('keypress', onKey)
    stdin.off('end', quit)
    stdin.off('error', quit)
    stdout.off('resize', resized)
    process.off('SIGTSTP', onStop)
    process.off('SIGCONT', enter)
    await leave()
    process.off('exit', restore)
    stdin.pause()
  }
}
