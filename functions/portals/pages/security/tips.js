// How to keep an account safe.

import { startPage } from '/assets/shared/page.js';

startPage();
