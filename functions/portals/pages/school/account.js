// The sign-in data of school staff: password and e-mail address.

import { accountPage } from '/assets/shared/account.js';
import { byId } from '/assets/shared/dom.js';
import { startSchool } from '/assets/school/shell.js';

const { who } = await startSchool('account');
accountPage(byId('screen'), who, 'school');
