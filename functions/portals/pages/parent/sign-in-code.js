// Signs a parent with an account in with a mailed code.

import { codeDoor } from '/assets/shared/by-mail.js';
import { byId, h } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

startPage();
const aside = h('p', { class: 'aside' }, h('a', { href: '/parent/sign-in' }, t('by_mail.with_link')));
codeDoor(byId('screen'), { portal: 'parent', next: '/parent/galleries', aside });
