// What gateways tell each other. It only saves time: what is wrong or late here makes nothing wrong in a log.

export interface Presence {
  /** Whether another gateway writes, or may: false only where it is certain that none says so. */
  hasWriter(): Promise<boolean>
  /** Whether another gateway has all events from the log's end on, or may have. */
  hasReady(): Promise<boolean>
  /** Whether another gateway has answered of late: it may be cut off from NATS for a moment. */
  hasMet(): boolean
  /** Says what the others shall find. */
  announce(state: { readonly writing: boolean; readonly ready: boolean }): void
  /** Says that nobody writes any more, so that another gateway begins at once. */
  handOver(): void
}
