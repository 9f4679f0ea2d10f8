// Finds a person by their sign-in address. The address is sent in the body, never in a URL.

import { post } from '/assets/shared/api.js';
import { byId } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startAdmin } from '/assets/admin/shell.js';

await startAdmin('people');
onSubmit(byId('form'), async ({ email }) => {
  const { id } = await post('/v1/admin/people/searches', { email });
  location.assign(`/admin/person?id=${id}`);
});
