// The not-found page.

import { startPage } from '/assets/shared/page.js';

startPage();
