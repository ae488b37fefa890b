/** Lets promises and sockets of this process do their work: a byte written on loopback is read a few turns later. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
