// How a photographer signs in: the password, the address.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startPhotographer } from '/assets/photographer/shell.js';

accountPage(byId('screen'), await startPhotographer('account'), 'photographer');
