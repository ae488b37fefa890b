/** The seeds from AMIABLE_FIRST_SEED on, or from 100, as many as AMIABLE_SEEDS says, or a thousand. */
export function manySeeds(): number[] {
  const first = Number(process.env.AMIABLE_FIRST_SEED ?? 100)
  const count = Number(process.env.AMIABLE_SEEDS ?? 1_000)
  return Array.from({ length: count }, (_, n) => first + n)
}
