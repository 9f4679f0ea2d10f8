// The open sessions of a parent. This page needs no consent.

import { byId } from '/assets/shared/dom.js';
import { openSessions } from '/assets/shared/open-sessions.js';
import { startParent } from '/assets/parent/shell.js';

await startParent({ isConsent: true });
openSessions(byId('screen'));
