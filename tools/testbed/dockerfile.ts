/** One step of a Dockerfile. */
export interface DockerStep {
  readonly word: string
  readonly rest: string
}

/** Reads the steps of a Dockerfile, each on one line. */
export function dockerSteps(text: string): DockerStep[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ word: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }))
}
