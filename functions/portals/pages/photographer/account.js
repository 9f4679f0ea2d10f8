// The sign-in data of a photographer: password and e-mail address.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startPhotographer } from '/assets/photographer/shell.js';

accountPage(byId('screen'), await startPhotographer('account'), 'photographer');
