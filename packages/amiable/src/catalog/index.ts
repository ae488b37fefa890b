export {
  type ActionFacts,
  type Availability,
  actionFacts,
  allActions,
  allEvents,
  asteriskOf,
  type EventFacts,
  eventFacts,
  isAvailable,
  missingClasses,
} from './facts.ts'
