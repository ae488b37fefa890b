export { Writer } from 'amiable-settings'
