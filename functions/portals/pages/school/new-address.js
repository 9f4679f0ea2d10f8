// The page of the link that was mailed to a new address.

import { confirmAddress } from '/assets/shared/by-mail.js';
import { byId } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';

startPage();
confirmAddress(byId('screen'), { portal: 'school', signIn: '/school/sign-in' });
