// Walks along a schema of zod.
import { z } from 'zod'

/** Returns the keys that the object at a path may have. */
export function knownKeys(root: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  let schemas: z.core.$ZodType[] = [root]
  for (const key of path) schemas = schemas.flatMap(opened).flatMap((one) => within(one, key))
  return schemas.flatMap(opened).flatMap((one) => Object.keys(shapeOf(one) ?? {}))
}

function within(schema: z.core.$ZodType, key: string | number): z.core.$ZodType[] {
  const def = schema._zod.def as { type: string; valueType?: z.core.$ZodType }
  if (def.type === 'record' && def.valueType) return [def.valueType]
  const inner = shapeOf(schema)?.[key]
  return inner === undefined ? [] : [inner]
}

function shapeOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> | undefined {
  return (schema._zod.def as { shape?: Record<string, z.core.$ZodType> }).shape
}

/** Takes off what stands around a schema: a default, optional, or the choice between two. */
function opened(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = schema._zod.def as { innerType?: z.core.$ZodType; options?: z.core.$ZodType[] }
  if (def.innerType) return opened(def.innerType)
  return def.options ? def.options.flatMap(opened) : [schema]
}

/** Returns what of a value has the form of its schema; what has not is left out. */
export function salvaged(schema: z.core.$ZodType, value: unknown): unknown {
  const whole = z.safeParse(schema, value)
  if (whole.success) return whole.data
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  for (const one of opened(schema)) {
    const shape = shapeOf(one)
    const { type, valueType } = one._zod.def as { type: string; valueType?: z.core.$ZodType }
    const keys = shape ? Object.keys(shape) : type === 'record' ? Object.keys(given) : undefined
    if (keys === undefined) continue
    const parts = keys.map((key) => {
      const of = shape?.[key] ?? valueType
      return [key, of && salvaged(of, (given as Record<string, unknown>)[key])] as const
    })
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined))
  }
  return undefined
}
