// The second factors of a photographer's account.

import { securityPage } from '/assets/shared/security.js';
import { startPhotographer } from '/assets/photographer/shell.js';

await startPhotographer('account');
securityPage();
