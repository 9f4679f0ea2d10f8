// Which portal are you?

import { startPage } from '/assets/shared/page.js';

startPage();
