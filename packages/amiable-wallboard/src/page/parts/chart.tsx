// Numbers over time, on a canvas.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { language } from '../languages/language.ts'
import { theme } from '../store/settings.ts'

export interface Series {
  readonly label: string
  readonly values: readonly number[]
  /** The token of its colour. */
  readonly colour: '--accent' | '--ready-fill' | '--busy-fill' | '--paused-fill' | '--ringing-fill'
}

/** Draws values of each of the last minutes, one upon the other. */
export function Chart({
  series,
  until,
  height,
  label,
}: {
  series: readonly Series[]
  /** The minute of the last value. */
  until: number
  height: number | 'fill'
  label: string
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const look = `${theme.value} ${language.value} ${series.map(({ label }) => label).join('|')}`
  const data = stacked(series, until)
  // the newest data for a plot that is made later
  const latest = useRef(data)
  latest.current = data

  useEffect(() => {
    const element = place.current as HTMLDivElement
    const size = () => ({
      width: Math.max(40, element.clientWidth),
      // in the size of letters: a big screen has bigger ones
      height: height === 'fill' ? Math.max(40, element.clientHeight) : (height * rootSize()) / 16,
    })
    const observer = new ResizeObserver(() => plot.current?.setSize(size()))
    let isGone = false
    // only pages with charts fetch what draws them
    void import('uplot').then(({ default: UPlot }) => {
      if (isGone) return
      plot.current = new UPlot(optionsOf(series, size(), element), latest.current, element)
      observer.observe(element)
    })
    return () => {
      isGone = true
      observer.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [look, height])

  const shown = JSON.stringify(data)
  useEffect(() => plot.current?.setData(latest.current), [shown])

  return <div class={height === 'fill' ? 'chart fill' : 'chart'} ref={place} role="img" aria-label={label} />
}

const MINUTE = 60_000

function rootSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

/** Each series lies upon those before it; uPlot wants seconds, and the highest first so that none is hidden. */
function stacked(series: readonly Series[], until: number): uPlot.AlignedData {
  // two points make a line
  const length = Math.max(2, ...series.map(({ values }) => values.length))
  const last = Math.floor(until / MINUTE) * 60
  const times = Array.from({ length }, (_, at) => last - (length - 1 - at) * 60)
  const sums: number[][] = []
  let below = new Array<number>(length).fill(0)
  for (const { values } of series) {
    const missing = length - values.length
    below = below.map((sum, at) => sum + (values[at - missing] ?? 0))
    sums.push(below)
  }
  return [times, ...sums.toReversed()]
}

function optionsOf(
  series: readonly Series[],
  size: { width: number; height: number },
  element: Element,
): uPlot.Options {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  // on a big screen the letters of its tile, elsewhere those of the page
  const scale = Number.parseFloat(style.fontSize) / 15
  const font = `${Math.round(12 * scale)}px ${token('--font')}`
  const axis = {
    stroke: token('--ink-soft'),
    font,
    ticks: { show: false },
    grid: { stroke: token('--line'), width: 1 },
  }
  const clock = new Intl.DateTimeFormat(language.peek(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return {
    ...size,
    cursor: { show: false },
    legend: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      // an hour always: what is not known yet stays empty
      x: { range: (_plot, _min, max) => [max - 3_600, max] },
      y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil((max ?? 0) * 1.15))] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24 * scale,
        space: 70 * scale,
        values: (_plot, splits) => splits.map((at) => clock.format(at * 1000)),
      },
      { ...axis, size: 34 * scale, space: 28 * scale, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
    ],
    series: [
      {},
      ...series.toReversed().map(({ label, colour }) => ({
        label,
        stroke: token(colour),
        // one alone lies on nothing
        fill: series.length === 1 ? `${token(colour)}33` : token(colour),
        width: 1.5 * scale,
        points: { show: false },
      })),
    ],
  }
}
