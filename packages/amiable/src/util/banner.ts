// main/manager.c:session_do; forks put their own name in front, and proxies say so
const BANNER = /^asterisk call manager\b|\bcall manager\/|\bmanager proxy\b|^asterisk manager\b/i
// more of a line is no banner
const LONGEST = 100

/** Whether a line is what a server greets with. */
export function isBanner(line: string): boolean {
  return BANNER.test(line.slice(0, LONGEST))
}
