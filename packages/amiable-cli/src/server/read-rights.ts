// What an account may read. No action says it: the console does, where the account may use that.
import { ActionError, type Client } from 'amiable'
import { CLASSES } from '../managerconf/classes.ts'

/** Returns the account's `read` as the console shows it (main/manager.c:handle_showmanager), if it can be asked. */
export async function shownRead(client: Client, account: string): Promise<string[] | undefined> {
  // words of the console: a name with anything else would be more than one
  if (!/^[\w.-]+$/.test(account)) return undefined
  const lines = await client.command(`manager show user ${account}`).catch((error: unknown) => {
    if (error instanceof ActionError) return []
    throw error
  })
  const [, list] = lines.map((line) => /^\s*read perm: (.*)$/.exec(line)).find((match) => match !== null) ?? []
  return list?.split(',').filter((name) => (CLASSES as readonly string[]).includes(name.trim()))
}

/**
 * Does the same for an account of which nothing is known yet: a refused command would be in the server's security log.
 */
export async function readRightsOf(client: Client, account: string): Promise<string[] | undefined> {
  const { headers } = await client.send('ListCommands')
  return headers.some(([name]) => name === 'Command') ? await shownRead(client, account) : undefined
}
