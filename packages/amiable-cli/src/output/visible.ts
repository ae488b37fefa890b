export { visible, visibleLine } from 'amiable-settings'
