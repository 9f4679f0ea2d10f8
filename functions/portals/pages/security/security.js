// What we promise about security, and what we do not promise yet. The list itself is in the page: see src/security.

import { startPage } from '/assets/shared/page.js';

startPage();
