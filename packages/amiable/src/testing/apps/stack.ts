import type { Channel, StackFrame } from '../model/channel.ts'
import type { World } from '../model/world.ts'
import { separateArgs } from '../protocol/app-args.ts'
import { escapeC } from '../protocol/byte-text.ts'
import type { AgiCall, Returned } from './agi/call.ts'
import { type Application, explicitGoto, type Pbx } from './pbx.ts'

// app_stack.c:gosub_exec: [[context,]exten,]priority[(arguments)]
const gosub: Application = ({ world, channel, data }) => {
  const open = data.indexOf('(')
  const label = open === -1 ? data : data.slice(0, open)
  const close = data.lastIndexOf(')')
  const args = open === -1 ? [] : separateRaw(data.slice(open + 1, close > open ? close : undefined))
  const parts = label.split(',')
  const context = parts.at(-3) || channel.context
  const exten = parts.at(-2) || channel.exten
  const priority = world.dialplan.priority(context, exten, parts.at(-1) ?? '')
  if (world.dialplan.step(context, exten, priority) === undefined) return 'hangup'
  const names = ['ARGC', ...args.map((_, at) => `ARG${at + 1}`)]
  const locals = new Map(names.map((name) => [name, channel.variables.get(name)]))
  const frame = {
    context: channel.context,
    exten: channel.exten,
    priority: channel.priority + 1,
    locals,
    special: false,
  }
  channel.stack.unshift(frame)
  explicitGoto(channel, { context, exten, priority })
  for (const [at, value] of args.entries()) setLocal(world, channel, `ARG${at + 1}`, value)
  setLocal(world, channel, 'ARGC', String(args.length))
  return 'next'
}

// AST_STANDARD_RAW_ARGS keeps quotes and backslashes
function separateRaw(text: string): string[] {
  return separateArgs(text.replace(/["\\]/g, '\\$&'), 100)
}

// app_stack.c:return_exec
const ret: Application = ({ world, channel, data }) => {
  const frame = leave(channel)
  if (frame === undefined) return 'hangup'
  explicitGoto(channel, frame)
  world.setVariable(channel, 'GOSUB_RETVAL', data)
  return frame.special ? 'hangup' : 'next'
}

// app_stack.c:frame_set_var
function setLocal(world: World, channel: Channel, name: string, value: string): void {
  channel.variables.set(name, value)
  world.channels.emit('VarSet', channel, `Variable: LOCAL(${name})\r\nValue: ${escapeC(value)}\r\n`)
}

/** Takes the last frame from the stack, and gives variables their values of before. */
function leave(channel: Channel): StackFrame | undefined {
  const frame = channel.stack.shift()
  for (const [name, value] of frame?.locals ?? []) {
    if (value === undefined) channel.variables.delete(name)
    else channel.variables.set(name, value)
  }
  return frame
}

const place = ({ context, exten, priority }: Channel): string => `${context},${exten},${priority}`

/**
 * Runs the AGI command GOSUB (app_stack.c:handle_gosub): the subroutine runs to its end, and the AGI goes on behind it.
 */
export async function runGosub(call: AgiCall, args: readonly string[]): Promise<Returned> {
  const { world, channel, pbx } = call
  const [context = '', exten = '', label = '', given] = args
  const priority = world.dialplan.priority(context, exten, label)
  if (priority < 1 || world.dialplan.step(context, exten, priority) === undefined) {
    call.send('200 result=-1 Gosub label not found\n')
    return 'failure'
  }
  const before = { context: channel.context, exten: channel.exten, priority: channel.priority }
  const was = place(channel)
  const depth = channel.stack.length
  const looping = channel.looping
  channel.looping = true
  const data = `${context},${exten},${priority}${given === undefined ? '' : `(${given})`}`
  const result = await pbx.execute(channel, 'Gosub', data)
  if (result === 'next') {
    channel.stack[0]!.special = true
    channel.priority++
    call.send('100 result=0 Trying...\n')
    await pbx.subroutine(channel)
    const returned = place(channel) === was
    if (!returned) {
      while (channel.stack.length > depth) leave(channel)
      world.setVariable(channel, 'GOSUB_RETVAL', '')
    }
    call.send(`200 result=0 Gosub complete${returned ? '' : ' (abnormal exit)'}\n`)
  } else call.send(`200 result=${result === undefined ? -2 : -1} Gosub failed\n`)
  Object.assign(channel, before)
  channel.looping = looping
  return 'success'
}

/** Adds Gosub and Return. */
export function addStack(pbx: Pbx): void {
  pbx.add('Gosub', gosub)
  pbx.add('Return', ret)
}
