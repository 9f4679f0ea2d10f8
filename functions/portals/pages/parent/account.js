// The sign-in data of a parent: the password if they have one, and the address. This page needs no consent.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startParent } from '/assets/parent/shell.js';

accountPage(byId('screen'), await startParent({ isConsent: true }), 'parent');
