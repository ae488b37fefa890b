import { homedir } from 'node:os'
import { join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** Returns where the settings of this user are: `AMIABLE_CONFIG`, or as the system has it. */
export function configPath(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env.AMIABLE_CONFIG) return env.AMIABLE_CONFIG
  return join(configFolder(env, platform), 'amiable', 'config.json')
}

/** Returns where the shell's history is. */
export function historyPath(env: Environment): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'amiable', 'history')
}

function configFolder(env: Environment, platform: NodeJS.Platform): string {
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME
  if (platform === 'win32' && env.APPDATA) return env.APPDATA
  if (platform === 'darwin') return join(homedir(), 'Library', 'Preferences')
  return join(env.HOME || homedir(), '.config')
}
