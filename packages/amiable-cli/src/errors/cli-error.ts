export { CliError } from 'amiable-settings'
