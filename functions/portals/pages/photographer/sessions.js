// The open sessions of a photographer.

import { byId } from '/assets/shared/dom.js';
import { openSessions } from '/assets/shared/open-sessions.js';
import { startPhotographer } from '/assets/photographer/shell.js';

await startPhotographer('account');
openSessions(byId('screen'));
