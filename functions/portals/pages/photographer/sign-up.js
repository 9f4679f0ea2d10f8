// Sign-up of a studio: the e-mail address, then "check your mail". The page of the mailed link asks for the rest.

import { postOpenly } from '/assets/shared/api.js';
import { byId } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

startPage();

onSubmit(byId('form'), async ({ email }) => {
  await postOpenly('/v1/studios', { email });
  byId('sent-to').textContent = t('check_mail.lead', { email });
  show('sent');
});

byId('other').addEventListener('click', () => {
  show('ask');
  byId('email').focus();
});

function show(name) {
  byId('ask').hidden = name !== 'ask';
  byId('sent').hidden = name !== 'sent';
  if (name === 'sent') byId('sent').focus();
}
