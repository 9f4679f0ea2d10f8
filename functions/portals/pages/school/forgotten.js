// Password reset for school staff: requests a link by e-mail.

import { forgottenPassword } from '/assets/shared/by-mail.js';
import { byId } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';

startPage();
forgottenPassword(byId('screen'));
