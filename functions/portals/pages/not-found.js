// There is no such page.

import { startPage } from '/assets/shared/page.js';

startPage();
