// Sign-in of a parent with an account: a link by e-mail, or a code for those who read mail on another device.

import { linkDoor } from '/assets/shared/by-mail.js';
import { byId, h } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

startPage();
const link = (href, words) => h('p', { class: 'aside' }, h('a', { href }, t(words)));
linkDoor(byId('screen'), {
  aside: h('div', {}, link('/parent/sign-in-code', 'by_mail.with_code'), link('/parent', 'by_mail.with_letter')),
});
