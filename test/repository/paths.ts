import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the checkout begins. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
