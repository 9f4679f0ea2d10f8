// The security page: kept and planned promises. The server renders the list into the page: see src/portals/security.

import { startPage } from '/assets/shared/page.js';

startPage();
