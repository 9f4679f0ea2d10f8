// Confirms a removal: of a key, a token, or a person's access.

import { h } from '/assets/shared/dom.js';
import { openDialog, say } from '/assets/shared/elements.js';

/** Shows `text`; if the user presses `button`, runs `act()`, shows `done`, and redraws the page with `again()`. */
export function takeAway({ heading, text, button, done, testId = 'sure', act, again }) {
  const sure = h('button', { type: 'button', class: 'primary', data: { testid: testId } }, button);
  const dialog = openDialog(heading, h('div', { class: 'stack' }, h('p', {}, text), sure));
  sure.addEventListener('click', async () => {
    dialog.close();
    try {
      await act();
      say(done);
    } catch (problem) {
      // It was done in another window meanwhile, which is the wanted result.
      if (problem.status !== 404) return say(problem.message, 'bad');
    }
    again();
  });
}
