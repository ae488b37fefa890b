import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { natsBinary } from '../../tools/servers/nats/binary.ts'
import { UsageError } from './options.ts'

const HELP = 'Install nats-server 2.10 or newer, such as the package of Debian 13, so that it is in PATH.'

/** Finds nats-server on this machine, or unpacks Debian's package into a folder of the project's own. */
export async function findNats(): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  for (const folder of folders) {
    const path = join(folder || '.', 'nats-server')
    if (await isNewEnough(path)) return path
  }
  return await natsBinary('2.15').catch((error: Error) => {
    throw new UsageError(`There is no nats-server, and none could be had: ${error.message}\n${HELP}`)
  })
}

async function isNewEnough(path: string): Promise<boolean> {
  try {
    accessSync(path, constants.X_OK)
    const { stdout } = await promisify(execFile)(path, ['--version'])
    const [, major, minor] = /v(\d+)\.(\d+)\.\d+/.exec(stdout) ?? []
    return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 10)
  } catch {
    return false
  }
}
