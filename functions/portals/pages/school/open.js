// The page of the mailed link. Opening it changes nothing, because mail scanners open links too; the button signs in.

import { postOpenly } from '/assets/shared/api.js';
import { linkIsOver } from '/assets/shared/by-mail.js';
import { byId, h, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { secondStage } from '/assets/shared/second-stage.js';
import { t } from '/assets/shared/words.js';

startPage();
const place = byId('screen');
const over = () => linkIsOver(place, '/school/sign-in-link', 'by_mail.link_send');
const token = tokenOnce();
if (token) ask();
else over();

function ask() {
  const form = h('form', { class: 'stack', data: { testid: 'open-link' } },
    h('button', { type: 'submit', class: 'primary' }, t('door.link_submit')));
  place.replaceChildren(h('h1', {}, t('door.link_heading')), form);
  onSubmit(form, async () => {
    try {
      const answer = await postOpenly('/v1/sign-in/link', { token });
      if (answer.status === 'signed_in') location.replace('/school');
      else await secondStage(answer, 'school', '/school');
    } catch (problem) {
      if (problem.code !== 'link_used_or_expired') throw problem;
      over();
    }
  });
}
