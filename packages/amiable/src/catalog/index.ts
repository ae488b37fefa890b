export {
  type ActionFacts,
  type Availability,
  actionFacts,
  allActions,
  allEvents,
  type EventFacts,
  eventFacts,
  isAvailable,
} from './facts.ts'
