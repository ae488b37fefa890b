export type { Environment, Fault, PartialOf } from './fault.ts'
export { duration, flag, list, must, path, secret, section, size, text, whole } from './fields.ts'
export { ConfigError, checkConfig, parseYaml, readConfigFile, wrongAsWhole } from './load.ts'
export { fileFaults, secretFaults } from './places.ts'
