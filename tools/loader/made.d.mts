export function makeAll(paths: readonly string[]): Promise<void>
