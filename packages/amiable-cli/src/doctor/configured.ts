// Single settings of the server's manager.conf, as they stand in the file there. No secret is asked for.
import { ActionError, type Client } from 'amiable'

/** Returns a setting, or `undefined` where there is none or it cannot be asked. @param index which of several */
export async function configured(
  client: Client,
  section: string,
  name: string,
  index = 0,
): Promise<string | undefined> {
  // other characters would be arguments of the function (funcs/func_config.c:config_function_read)
  if (!/^[\w.-]+$/.test(section)) return undefined
  try {
    const reply = await client.send('Getvar', { Variable: `AST_CONFIG(manager.conf,${section},${name},${index})` })
    return reply.get('Value') || undefined
  } catch (error) {
    if (error instanceof ActionError) return undefined
    throw error
  }
}
