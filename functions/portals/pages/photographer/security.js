// How a photographer's account is secured.

import { securityPage } from '/assets/shared/security.js';
import { startPhotographer } from '/assets/photographer/shell.js';

await startPhotographer('account');
securityPage();
