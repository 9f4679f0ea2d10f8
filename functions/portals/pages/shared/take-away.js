// Asking before something is taken away from somebody: a key, a token, a way in.

import { h } from '/assets/shared/dom.js';
import { openDialog, say } from '/assets/shared/elements.js';

/** Asks with `text`, does `act()` where the answer is `button`, says `done`, and shows the page `again()`. */
export function takeAway({ heading, text, button, done, testId = 'sure', act, again }) {
  const sure = h('button', { type: 'button', class: 'primary', data: { testid: testId } }, button);
  const dialog = openDialog(heading, h('div', { class: 'stack' }, h('p', {}, text), sure));
  sure.addEventListener('click', async () => {
    dialog.close();
    try {
      await act();
      say(done);
    } catch (problem) {
      // Done in another window meanwhile: that is what was wanted.
      if (problem.status !== 404) return say(problem.message, 'bad');
    }
    again();
  });
}
