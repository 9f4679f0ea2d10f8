// How a parent signs in: the password if they have one, the address. Consent is not asked for here.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startParent } from '/assets/parent/shell.js';

accountPage(byId('screen'), await startParent({ isConsent: true }), 'parent');
