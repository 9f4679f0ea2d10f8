// Somebody of a school has forgotten the password: a link by mail lets them choose another.

import { forgottenPassword } from '/assets/shared/by-mail.js';
import { byId } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';

startPage();
forgottenPassword(byId('screen'));
