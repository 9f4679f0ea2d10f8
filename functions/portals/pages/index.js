// The start page: links to the portals.

import { startPage } from '/assets/shared/page.js';

startPage();
