// The page of the mailed password-reset link.

import { choosePassword } from '/assets/shared/by-mail.js';
import { byId } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';

startPage();
choosePassword(byId('screen'), { portal: 'parent', signIn: '/parent/sign-in' });
