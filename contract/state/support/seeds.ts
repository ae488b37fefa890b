/** The seeds from `first` on, as many as AMIABLE_SEEDS says, or a thousand. */
export function manySeeds(first: number): number[] {
  const count = Number(process.env.AMIABLE_SEEDS ?? 1_000)
  return Array.from({ length: count }, (_, n) => first + n)
}
