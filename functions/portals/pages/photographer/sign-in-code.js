// Signs a photographer in with a mailed code.

import { safeNext } from '/assets/shared/api.js';
import { codeDoor } from '/assets/shared/by-mail.js';
import { byId, h, inAddress } from '/assets/shared/dom.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';
import { secondStage } from '/assets/shared/second-stage.js';

startPage();
const aside = h('p', { class: 'aside' }, h('a', { href: '/photographer/sign-in' }, t('by_mail.with_password')));
const next = safeNext(inAddress('next'));
codeDoor(byId('screen'), { portal: 'photographer', next, aside, second: (answer) => secondStage(answer, 'photographer', next) });
