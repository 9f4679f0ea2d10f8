// Where a parent is signed in. Consent is not asked for here: ending a session needs none.

import { byId } from '/assets/shared/dom.js';
import { openSessions } from '/assets/shared/open-sessions.js';
import { startParent } from '/assets/parent/shell.js';

await startParent({ isConsent: true });
openSessions(byId('screen'));
