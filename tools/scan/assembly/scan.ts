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
/** Where values are kept that were read. */
declare const kept: i32
/** Where lists begin of titles that nobody reads, by how long they are. */
declare const unread: i32

// a node of the tree: what a line at this place may begin with, what may come behind it, and, where an event may end
// behind it, the first of the titles that such events have. A title is a node too, with the number of its layout. And
// how long the value of such a line was last, or -1 where its name goes on up to the first ": "
const NEEDLE = 0
const LENGTH = 4
const CHILD = 8
const SIBLING = 12
const TITLES = 16
const LAYOUT = 16
const LAST = 20

// an event: where it begins and ends, how many were passed over in front of it, its layout, and of each value where it
// begins, from the start of the event, in the upper half, and how long it is
const END = 4
const PASSED = 8
const WHICH = 12
const VALUES = 16
/** An event has at most 64 headers. */
const ROOM = VALUES + 64 * 4
/** How long `Event: ` is. */
const TITLE_AT = 7
/** `Event: `, and a byte more. */
const EVENT: u64 = 0x00_203a_746e_6576_45
const SEVEN: u64 = 0x00ff_ffff_ffff_ffff
/** So many lists of titles there are, as a power of two less one. */
const LISTS = 63
/** What stands between a name and its value. */
const COLON: i32 = 0x203a

/** So many values are kept, as a power of two. */
const KEPT_BITS = 10

const CR: i32 = 13
const LF: i32 = 10
const CRLF: i32 = 0x0a0d

// V8 looks for interrupts where a loop begins: most names and values have at most sixteen bytes, and begin none

/** Returns which of sixteen bytes differ, a bit for each; those above them are set. */
// @ts-expect-error: a decorator of a function
@inline
function differ(one: i32, other: i32): i32 {
  return ~i8x16.bitmask(i8x16.eq(v128.load(one), v128.load(other)))
}

/** Whether the bytes at `at` begin as the node's line does. Needles are padded to steps of 16. */
// @ts-expect-error: a decorator of a function
@inline
function begins(at: i32, node: i32): bool {
  let needle = load<i32>(node, NEEDLE)
  let left = load<i32>(node, LENGTH)
  if (left <= 16) return differ(at, needle) << (32 - left) == 0
  do {
    if (differ(at, needle) << 16 != 0) return false
    at += 16
    needle += 16
    left -= 16
  } while (left > 16)
  return differ(at, needle) << (32 - left) == 0
}

/** Returns which of sixteen bytes are line feeds, a bit for each. */
// @ts-expect-error: a decorator of a function
@inline
function feeds(at: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF as i8)))
}

/**
 * Writes down the event that begins at `start`, of bytes that end at `to`. Returns where the next one is to be written,
 * or 0 where none is known. What it reads behind `to` is old: it may go on there, and finds out at the end.
 */
function take(start: i32, to: i32, out: i32): i32 {
  let at = start
  let node = root
  let value = out + VALUES
  do {
    node = load<i32>(node, CHILD)
    while (node != 0 && !begins(at, node)) node = load<i32>(node, SIBLING)
    if (node == 0) return 0
    at += load<i32>(node, LENGTH)
    let begun = at
    let found = feeds(at)
    if (found == 0) {
      do {
        at += 16
        if (at >= to) return 0
        found = feeds(at)
      } while (found == 0)
    }
    at += ctz(found)
    // many values are as long as the last of their line: a processor that foresees it is at the next line already
    const last = load<i32>(node, LAST)
    if (at - begun == last) at = begun + last
    else if (last >= 0) store<i32>(node, at - begun, LAST)
    else {
      while (<i32>load<u16>(begun) != COLON) if (++begun == at) return 0
      begun += 2
    }
    if (<i32>load<u8>(at - 1) != CR) return 0
    store<i32>(value, ((begun - start) << 16) | (at - 1 - begun))
    value += 4
    at++
  } while (<i32>load<u16>(at) != CRLF)
  // places have sixteen bits
  if (at + 2 > to || at - start > 0xffff) return 0
  let title = load<i32>(node, TITLES)
  while (title != 0 && !begins(start + TITLE_AT, title)) title = load<i32>(title, SIBLING)
  if (title == 0) return 0
  store<i32>(out, start)
  store<i32>(out, at, END)
  store<i32>(out, load<i32>(title, LAYOUT), WHICH)
  return value
}

/** Returns where of sixteen bytes a line ends behind which a CR comes, a bit for each. */
// @ts-expect-error: a decorator of a function
@inline
function blanks(at: i32): i32 {
  const isLf = i8x16.eq(v128.load(at), i8x16.splat(LF as i8))
  return i8x16.bitmask(v128.and(isLf, i8x16.eq(v128.load(at, 1), i8x16.splat(CR as i8))))
}

/**
 * Returns where the event ends that begins at `start`, if nobody reads such a one and it has at most so many bytes; 0
 * otherwise. Of what it says only the title is looked at.
 */
function passes(start: i32, to: i32, most: i32): i32 {
  if ((load<u64>(start) & SEVEN) != EVENT) return 0
  let at = start + TITLE_AT
  let found = feeds(at)
  while (found == 0) {
    at += 16
    if (at >= to) return 0
    found = feeds(at)
  }
  at += ctz(found)
  let title = load<i32>(unread + (((at - start - TITLE_AT) & LISTS) << 2))
  while (title != 0 && !begins(start + TITLE_AT, title)) title = load<i32>(title, SIBLING)
  // one that begins so may go on
  if (title == 0 || load<i32>(title, LENGTH) != at - start - TITLE_AT) return 0
  found = blanks(at)
  while (found == 0) {
    at += 16
    if (at >= to) return 0
    found = blanks(at)
  }
  at += ctz(found) + 1
  if (<i32>load<u8>(at - 2) != CR || <i32>load<u16>(at) != CRLF || at + 2 > to || at - start > most) return 0
  return at + 2
}

/**
 * Finds events from `from` on, of bytes that end at `to`, writes them down from `out` on, and returns how many. Those of
 * at most so many bytes that nobody reads are only counted.
 */
export function scan(from: i32, to: i32, out: i32, most: i32): i32 {
  let count = 0
  let passed = 0
  let start = from
  while (out + ROOM <= eventsEnd) {
    const over = most > 0 ? passes(start, to, most) : 0
    if (over != 0) {
      start = over
      passed++
      continue
    }
    const next = take(start, to, out)
    if (next == 0) break
    store<i32>(out, passed, PASSED)
    passed = 0
    start = load<i32>(out, END) + 2
    out = next
    count++
  }
  store<i32>(stopped, start)
  store<i32>(stopped, passed, 4)
  return count
}

// @ts-expect-error: a decorator of a function
@inline
function masked(bytes: v128, length: v128, places: v128): v128 {
  return v128.and(bytes, i8x16.gt_s(length, places))
}

/**
 * Looks for a value of at most 60 bytes among those that are kept. Returns under which number it is there; or the
 * complement of the one that it has from now on, once its tag is written down. Branches that depend on what comes cost
 * more than all else here: so every value is looked at as if it were as long.
 */
export function find(at: i32, tag: i32): i32 {
  const size = i8x16.splat((tag & 63) as i8)
  const a = masked(v128.load(at), size, i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
  const b = masked(v128.load(at, 16), size, i8x16(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31))
  const c = masked(v128.load(at, 32), size, i8x16(32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47))
  const d = masked(v128.load(at, 48), size, i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63))
  const tagged = i32x4.replace_lane(d, 3, tag)
  const mixed = i64x2.add(i64x2.add(a, i64x2.shl(b, 1)), i64x2.add(i64x2.shl(c, 3), i64x2.shl(tagged, 7)))
  const hash = (i64x2.extract_lane(mixed, 0) ^ rotl(i64x2.extract_lane(mixed, 1), 29)) * 0x9e3779b97f4a7c15
  const which = i32(hash >>> (64 - KEPT_BITS))
  const place = kept + (which << 6)
  const differ = v128.or(
    v128.or(v128.xor(a, v128.load(place)), v128.xor(b, v128.load(place, 16))),
    v128.or(v128.xor(c, v128.load(place, 32)), v128.xor(tagged, v128.load(place, 48))),
  )
  if (!v128.any_true(differ)) return which
  v128.store(place, a)
  v128.store(place, b, 16)
  v128.store(place, c, 32)
  v128.store(place, d, 48)
  return ~which
}
