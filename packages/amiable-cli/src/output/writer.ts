export { DRAIN, Writer } from 'amiable-settings'
