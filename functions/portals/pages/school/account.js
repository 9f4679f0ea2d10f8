// How somebody of a school signs in: the password, the address.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startSchool } from '/assets/school/shell.js';

const { who } = await startSchool('account');
accountPage(byId('screen'), who, 'school');
