// The school portal is not open yet, and says so.

import { startPage } from '/assets/shared/page.js';

startPage();
