// Somebody of a school signs in; a district's own people go on to their district.

import { byId, inAddress } from '/assets/shared/dom.js';
import { signInPage } from '/assets/shared/sign-in.js';

signInPage('school');

// The district's own address of this page names it.
const district = inAddress('district');
if (/^dis_[a-z2-7]{26}$/.test(district)) {
  const way = byId('district');
  way.querySelector('a').href = `/v1/sign-in/oidc/${district}`;
  way.hidden = false;
}
