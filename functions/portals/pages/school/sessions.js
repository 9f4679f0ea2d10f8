// The open sessions of school staff.

import { byId } from '/assets/shared/dom.js';
import { openSessions } from '/assets/shared/open-sessions.js';
import { startSchool } from '/assets/school/shell.js';

await startSchool('account');
openSessions(byId('screen'));
