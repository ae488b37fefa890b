export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export const spread = (values: readonly number[]): number =>
  values.length < 2 || median(values) === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / median(values)
