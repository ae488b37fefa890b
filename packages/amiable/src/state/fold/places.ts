/** The bridge of each channel that is in one and has no record. */
export class Places extends Map<string, string> {
  /**
   * Keeps the bridge of a channel whose record a list removes. Asterisk 16 can take a living channel out of its list: the
   * end of another one with the same id does it. It then reports the living one as new
   * (main/channel.c:publish_cache_clear).
   */
  keep(channel: string, bridge: string | undefined): void {
    if (bridge !== undefined) this.set(channel, bridge)
  }
}
