import { linesOf, Message, originOf } from './message.ts'

/**
 * Returns the messages that a server fused into one by leaving out the blank lines, or by ending them with a bare LF.
 * Their `Event:` separates them.
 */
export function partsOf(message: Message): Message[] {
  const lines = linesOf(message).slice(2)
  // what proxies put in front of the first one
  const front = /^(?:(?:ActionID|Server):[^\n]*\n)*/i.exec(lines)?.[0] ?? ''
  const parts = lines.slice(front.length).split(/(?<=\r\n)\n?(?=Event: )/)
  if (parts.length === 1) return [message]
  return parts.map((rest, at) => {
    const part = at === 0 ? front + rest : rest
    const { length } = part
    const one = new Message(originOf(message), 'event', part, 0, length, at === 0 ? message.serial : undefined)
    linesOf(one)
    return one
  })
}
