import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Observer } from '../src/observe.ts'
import { eventsOf, unknownTo } from '../src/source-scan.ts'

// made up in the style of Asterisk's files
const code = String.raw`
/* manager_event(EVENT_FLAG_CALL, "Commented", "X: %d\r\n", 1); */
static int tell(const char *name)
{
	ast_log(LOG_NOTICE, "tell: %s (%d)\n", name, strlen(name));
	ast_str_append(&out, 0, "Digit: %s\r\n", digit);
	manager_event(EVENT_FLAG_SYSTEM | EVENT_FLAG_USER, "DTMFBegin",
		"%s"
		"Direction: %s\r\n"
		"Brand-New: %s\r\n",
		text(name), ")", name);
	return 0;
}

static void row(struct mansession *s)
{
	if (busy) {
		astman_append(s, "Event: QueueSummary\r\n"
			"Queue: %s\r\n"
			"Unheard: %d\r\n\r\n", q, 1);
	}
	manager_event(EVENT_FLAG_CALL, "Unheard", "Alone: %s\r\n", "x");
}
`

test('what a file prints: events, classes, and the headers of each', () => {
  assert.deepEqual(eventsOf('main/made-up.c', code), [
    {
      name: 'DTMFBegin',
      classes: ['system', 'user'],
      headers: ['Direction', 'Brand-New', 'Digit'],
      where: 'main/made-up.c:tell',
    },
    { name: 'QueueSummary', classes: undefined, headers: ['Queue', 'Unheard'], where: 'main/made-up.c:row' },
    { name: 'Unheard', classes: ['call'], headers: ['Alone'], where: 'main/made-up.c:row' },
  ])
})

test('what of it the catalog does not know', () => {
  assert.deepEqual(unknownTo(new Observer(), eventsOf('main/made-up.c', code)), [
    'DTMFBegin: class system,user (main/made-up.c:tell)',
    'DTMFBegin: unknown header Brand-New (main/made-up.c:tell)',
    'QueueSummary: unknown header Unheard (main/made-up.c:row)',
    'Unheard: unknown event (main/made-up.c:row)',
  ])
})
