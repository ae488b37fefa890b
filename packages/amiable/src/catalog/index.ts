export {
  type ActionFacts,
  type Availability,
  actionFacts,
  allActions,
  allEvents,
  asteriskOf,
  type Ending,
  type EventFacts,
  eventFacts,
  isAvailable,
  missingClasses,
  type Slow,
} from './facts.ts'
