// How the account of somebody of a school is secured.

import { securityPage } from '/assets/shared/security.js';
import { startSchool } from '/assets/school/shell.js';

await startSchool('account');
securityPage();
