// The clock by which deliveries take turns, to be imported before the client is: by itself it is the machine's.
const machine = process.hrtime.bigint

let standing: bigint | undefined

process.hrtime.bigint = () => standing ?? machine()

/** Time that stands still until somebody lets it pass. */
export const ownTime = {
  stand(): void {
    standing = machine()
  },
  pass(milliseconds: number): void {
    standing = (standing ?? machine()) + BigInt(milliseconds) * 1_000_000n
  },
}
