// The second factors of a school staff account.

import { securityPage } from '/assets/shared/security.js';
import { startSchool } from '/assets/school/shell.js';

await startSchool('account');
securityPage();
