// A photographer opens a studio: name, address, password with its rules shown as they are met, then "check your mail".

import { postOpenly } from '/assets/shared/api.js';
import { byId } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { rulesOf, showPasswordBy } from '/assets/shared/password.js';
import { t } from '/assets/shared/words.js';

startPage();
showPasswordBy(byId('show'), byId('password'));

const password = byId('password');
const showRules = rulesOf(password, byId('rules'));

onSubmit(byId('form'), async (values) => {
  await postOpenly('/v1/studios', { studio_name: values.studio_name, email: values.email, password: values.password });
  byId('sent-to').textContent = t('check_mail.lead', { email: values.email });
  password.value = '';
  show('sent');
});

byId('other').addEventListener('click', () => {
  showRules();
  show('ask');
  byId('email').focus();
});

function show(name) {
  byId('ask').hidden = name !== 'ask';
  byId('sent').hidden = name !== 'sent';
  if (name === 'sent') byId('sent').focus();
}
