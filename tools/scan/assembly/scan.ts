/*
 * The scan of the wire, in AssemblyScript. It finds events whose title and header names it knows, in the bytes where
 * the socket has read them, and where each value begins. packages/amiable/src/wire/scanner.ts lays out the memory and
 * says where its parts are; `npm -w tools/scan run build` builds this into wire/scan-code.ts.
 *
 * It stops in front of whatever it does not know for certain: an event that has not ended, a name or a title that was
 * not learnt at this place, a line that a bare LF ends. Those are the careful reader's.
 */

/** Where the room ends for the events that are found. */
declare const eventsEnd: i32
/** The root of the tree of names. */
declare const root: i32
/** Where it is written up to where the events reached. */
declare const stopped: i32

// a node of the tree: what a line at this place may begin with, what may come behind it, and, where an event may end
// behind it, the first of the titles that such events have. A title is a node too, with the number of its layout
const NEEDLE = 0
const LENGTH = 4
const CHILD = 8
const SIBLING = 12
const TITLES = 16
const LAYOUT = 16

// an event: where it begins and ends, its layout, and of each value twice where it begins, from the start of the event,
// and one more if not all of it is ASCII
const END = 4
const WHICH = 8
const VALUES = 12
/** An event has at most 64 headers. */
const ROOM = VALUES + 64 * 4
/** How long `Event: ` is. */
const TITLE_AT = 7

const CR: i32 = 13
const LF: i32 = 10
const CRLF: i32 = 0x0a0d

/** Whether the bytes at `at` begin as the node's line does. Needles are padded to steps of 16. */
// @ts-expect-error: a decorator of a function
@inline
function begins(at: i32, node: i32): bool {
  let needle = load<i32>(node, NEEDLE)
  let left = load<i32>(node, LENGTH)
  for (; left > 16; left -= 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(needle))) != 0xffff) return false
    at += 16
    needle += 16
  }
  return ~i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(needle))) << (32 - left) == 0
}

/**
 * Writes down the event that begins at `start`, of bytes that end at `to`. Returns where the next one is to be written,
 * or 0 where none is known.
 */
function take(start: i32, to: i32, out: i32): i32 {
  const feeds = i8x16.splat(LF as i8)
  let at = start
  let node = root
  let value = out + VALUES
  do {
    node = load<i32>(node, CHILD)
    while (node != 0 && !begins(at, node)) node = load<i32>(node, SIBLING)
    if (node == 0) return 0
    at += load<i32>(node, LENGTH)
    const begun = (at - start) << 1
    let high = 0
    let found = 0
    while (at < to) {
      const bytes = v128.load(at)
      const odd = i8x16.bitmask(bytes)
      found = i8x16.bitmask(i8x16.eq(bytes, feeds))
      if (found != 0) {
        high |= odd & (found - 1)
        break
      }
      high |= odd
      at += 16
    }
    if (found == 0) return 0
    store<i32>(value, high == 0 ? begun : begun | 1)
    value += 4
    at += ctz(found)
    // the two bytes behind the line's end say whether it was the last
    if (at + 3 > to || <i32>load<u8>(at - 1) != CR) return 0
    at++
  } while (<i32>load<u16>(at) != CRLF)
  let title = load<i32>(node, TITLES)
  while (title != 0 && !begins(start + TITLE_AT, title)) title = load<i32>(title, SIBLING)
  if (title == 0) return 0
  store<i32>(out, start)
  store<i32>(out, at, END)
  store<i32>(out, load<i32>(title, LAYOUT), WHICH)
  return value
}

/** Finds events from `from` on, of bytes that end at `to`, writes them down from `out` on, and returns how many. */
export function scan(from: i32, to: i32, out: i32): i32 {
  let count = 0
  let start = from
  while (out + ROOM <= eventsEnd) {
    const next = take(start, to, out)
    if (next == 0) break
    start = load<i32>(out, END) + 2
    out = next
    count++
  }
  store<i32>(stopped, start)
  return count
}
