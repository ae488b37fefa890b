// Whatever is written on whatever ground can be read: WCAG 2.2 asks for 4.5 to 1 of text, and 3 to 1 of what is drawn.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const css = readFileSync(new URL('../../src/page/styles/tokens.css', import.meta.url), 'utf8')
const light = tokensOf(/:root \{([^}]*)\}/)
const themes = { light, dark: new Map([...light, ...tokensOf(/:root\[data-theme="dark"\] \{([^}]*)\}/)]) }

function tokensOf(block: RegExp): Map<string, string> {
  return new Map(
    [...(block.exec(css)?.[1] ?? '').matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const INKS = ['ink', 'ink-soft', 'accent', 'ready', 'ringing', 'busy', 'wrap', 'paused', 'away', 'warn', 'alarm']
const GROUNDS = ['ground', 'surface', 'raised']

for (const [theme, tokens] of Object.entries(themes)) {
  const ratio = (one: string, other: string) => contrast(tokens.get(one) ?? '', tokens.get(other) ?? '')

  test(`${theme}: every ink can be read on every ground`, () => {
    const pairs = INKS.flatMap((ink) => GROUNDS.map((ground) => [ink, ground] as const))
    pairs.push(
      ['warn', 'warn-ground'],
      ['alarm', 'alarm-ground'],
      ['ink', 'alarm-ground'],
      ['ink-soft', 'alarm-ground'],
    )
    pairs.push(['accent-ink', 'accent'], ['surface', 'alarm'], ['surface', 'ink'])
    const weak = pairs.filter(([ink, ground]) => ratio(ink, ground) < 4.5)
    assert.deepEqual(weak, [])
  })

  test(`${theme}: edges of what can be pressed, and alarms, are seen`, () => {
    for (const name of ['line-strong', 'alarm-fill', 'busy-fill', 'ready-fill']) {
      assert.ok(ratio(name, 'surface') >= 3, `${name}: ${ratio(name, 'surface').toFixed(2)}`)
    }
  })
}
