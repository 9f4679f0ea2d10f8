// Sign-in of school staff; a district's own people continue to their district.

import { byId, inAddress } from '/assets/shared/dom.js';
import { signInPage } from '/assets/shared/sign-in.js';

signInPage('school');

// The district's own URL of this page names the district.
const district = inAddress('district');
if (/^dis_[a-z2-7]{26}$/.test(district)) {
  const way = byId('district');
  way.querySelector('a').href = `/v1/sign-in/oidc/${district}`;
  way.hidden = false;
}
