// The containers of a compose file without an engine: each is a chroot that nobody can write to, with the mounts, the
// name and the network that the file gives it.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { alsoCareful } from '../../../tools/testbed/careful.ts'
import { ended, type Ran } from '../../../tools/testbed/command.ts'
import type { Container } from './image.ts'
import type { Network } from './network.ts'

/** Milliseconds that a container may take: what hangs is a failure. */
const MOST = 600_000
// the parser that the gateway itself has
const { parseDocument } = createRequire(new URL('../../../packages/amiable-gateway/package.json', import.meta.url))(
  'yaml',
) as { parseDocument: (text: string, options: { merge: boolean }) => { toJS(): unknown } }

/** What is mounted comes first, then the root is closed, and then nothing is left but the user of the image. */
const ENTER = `set -e
root=$1 name=$2 user=$3 folder=$4 closed=$5 privileges=$6; shift 6
hostname "$name"
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mount -t proc proc "$root/proc"
[ "$closed" = no ] || mount -o remount,bind,ro "$root"
exec setpriv $privileges chroot --userspec="$user" "$root" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"`

interface Service {
  readonly image: string
  readonly hostname?: string
  readonly command?: readonly string[]
  readonly read_only?: boolean
  readonly security_opt?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, object>>
}

interface Mount {
  readonly from: string
  readonly to: string
  readonly mode: 'ro' | 'rw'
}

/** All containers of a file; nothing runs before it is started. */
export class Compose {
  readonly #file: ComposeFile
  readonly #path: string
  readonly #network: Network
  readonly #images: (image: string) => Container
  readonly #hosts: string

  /**
   * @param path the compose file, beside which stands what it mounts
   * @param images gives the image of each name
   * @param hosts other hosts that the containers know, by their address
   */
  constructor(
    path: string,
    network: Network,
    images: (image: string) => Container,
    hosts: Readonly<Record<string, string>>,
  ) {
    this.#path = path
    this.#network = network
    this.#images = images
    this.#file = parseDocument(readFileSync(path, 'utf8'), { merge: true }).toJS() as ComposeFile
    // an engine's own name service knows each service
    const services = this.names.map((name) => `${network.place(name).host} ${name}`)
    const others = Object.entries(hosts).map(([name, address]) => `${address} ${name}`)
    this.#hosts = join(dirname(path), 'hosts')
    writeFileSync(this.#hosts, `127.0.0.1 localhost\n${[...services, ...others].join('\n')}\n`)
    for (const volume of Object.keys(this.#file.volumes)) mkdirSync(this.#volume(volume))
  }

  /** Reads which services a file has. */
  static namesIn(path: string): string[] {
    return Object.keys((parseDocument(readFileSync(path, 'utf8'), { merge: true }).toJS() as ComposeFile).services)
  }

  get names(): string[] {
    return Object.keys(this.#file.services)
  }

  /** Starts what a service runs. */
  start(name: string): ChildProcessWithoutNullStreams {
    const { command = [] } = this.#service(name)
    const { entrypoint, words } = this.#image(name)
    return this.#spawn(name, [...entrypoint, ...(command.length > 0 ? command : words)])
  }

  /** Runs a command in a container of this service to its end. */
  run(name: string, words: readonly string[]): Promise<Ran> {
    return ended(this.#spawn(name, words))
  }

  /** Asks for the health of a service as an engine does. */
  health(name: string): Promise<Ran> {
    return this.run(name, this.#image(name).health)
  }

  #spawn(name: string, words: readonly string[]): ChildProcessWithoutNullStreams {
    const { hostname = name, read_only = false, security_opt = [] } = this.#service(name)
    const { root, user, folder, env } = this.#image(name)
    const mounts = this.#mounts(name)
    for (const { from, to } of mounts) makePoint(from, join(root, to))
    const [ip = '', ...space] = this.#network.place(name).launcher
    const privileges = security_opt.includes('no-new-privileges:true') ? '--no-new-privs' : '--'
    const all = [
      ...[...space, 'unshare', '--mount', '--uts', 'sh', '-c', ENTER, 'sh'],
      ...[root, hostname, user, folder, read_only ? 'yes' : 'no', privileges],
      ...mounts.flatMap(({ from, to, mode }) => [from, to, mode]),
      ...['--', ...words],
    ]
    return spawn(ip, all, { env: { ...alsoCareful(), ...env }, timeout: MOST, killSignal: 'SIGKILL' })
  }

  #mounts(name: string): Mount[] {
    const { volumes = [], secrets = [] } = this.#service(name)
    const ofVolumes = volumes.map((volume): Mount => {
      const [from = '', to = '', mode = 'rw'] = volume.split(':')
      const isNamed = from in this.#file.volumes
      return { from: isNamed ? this.#volume(from) : this.#beside(from), to, mode: mode === 'ro' ? 'ro' : 'rw' }
    })
    const ofSecrets = secrets.map((secret): Mount => {
      const { file } = this.#file.secrets[secret] ?? { file: '' }
      return { from: this.#beside(file), to: `/run/secrets/${secret}`, mode: 'ro' }
    })
    return [...ofVolumes, ...ofSecrets, { from: this.#hosts, to: '/etc/hosts', mode: 'ro' }]
  }

  #service(name: string): Service {
    const found = this.#file.services[name]
    if (found === undefined) throw new Error(`there is no service ${name}`)
    return found
  }

  #image(name: string): Container {
    return this.#images(this.#service(name).image)
  }

  #beside(path: string): string {
    return resolve(dirname(this.#path), path)
  }

  #volume(name: string): string {
    return this.#beside(`volume-${name}`)
  }
}

/** Writes a file as its owner does, for whom the image knows by a number. */
export function ownedFile(path: string, text: string, owner: number, mode: number): void {
  writeFileSync(path, text)
  chownSync(path, owner, owner)
  chmodSync(path, mode)
}

/** An engine makes what something is mounted on in a layer of its own. */
function makePoint(from: string, to: string): void {
  if (statSync(from).isDirectory()) {
    mkdirSync(to, { recursive: true })
    return
  }
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(to, '', { flag: 'a' })
}
