// Tips for keeping an account safe.

import { startPage } from '/assets/shared/page.js';

startPage();
