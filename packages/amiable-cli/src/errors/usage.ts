export { didYouMean, nearest, usage, usageOf } from 'amiable-settings'
