// Requests a sign-in link for school staff by e-mail.

import { linkDoor } from '/assets/shared/by-mail.js';
import { byId, h } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

startPage();
const aside = h('p', { class: 'aside' }, h('a', { href: '/school/sign-in' }, t('by_mail.with_password')));
linkDoor(byId('screen'), { portal: 'school', lead: 'by_mail.school_link_lead', hint: 'by_mail.school_link_hint', aside });
