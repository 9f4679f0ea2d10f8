// The entry page for families: the code from the letter, the e-mail address for the link, and whether the requester
// is an adult student. Right and wrong codes look the same.

import { postOpenly } from '/assets/shared/api.js';
import { byId, inAddress } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

const LENGTH = 12;
const PARTS = ['code-form', 'email-form', 'sent'];

startPage();
byId('ended').hidden = inAddress('ended') === '';

const input = byId('code');
const plain = () => input.value.toUpperCase().replaceAll(/[\s\-\u2010-\u2015.]/g, '');

input.addEventListener('input', () => {
  const count = [...plain()].length;
  byId('code-count').textContent = count && count !== LENGTH ? t('code.count', { count, all: LENGTH }) : '';
  input.setCustomValidity('');
});
input.addEventListener('change', () => {
  const code = plain();
  if (code.length === LENGTH) input.value = code.match(/.{4}/g).join('-');
});

onSubmit(byId('code-form'), async () => {
  if ([...plain()].length !== LENGTH) {
    input.setCustomValidity(t('code.length', { all: LENGTH }));
    input.reportValidity();
    return;
  }
  show('email-form');
  byId('email').focus();
});
byId('back').addEventListener('click', () => {
  show('code-form');
  input.focus();
});
byId('student').addEventListener('change', ({ target }) => {
  byId('student-help').hidden = !target.checked;
});
onSubmit(byId('email-form'), async ({ email, relation }) => {
  await postOpenly('/v1/access-requests', { code: plain(), email, relation });
  byId('sent-to').textContent = t('code.sent', { email });
  show('sent');
  byId('sent').focus();
});
byId('again').addEventListener('click', () => {
  show('code-form');
  input.focus();
});

function show(name) {
  for (const part of PARTS) byId(part).hidden = part !== name;
}
