// Families who wait for the school's approval: who, for which student, since when. Also the families with access.

import { all } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { t } from '/assets/shared/words.js';
import { asksSchool, requestRow, whoWaits } from '/assets/school/access-requests.js';
import { familiesPart } from '/assets/school/families.js';
import { isAdministrator, noSchool, startSchool } from '/assets/school/shell.js';

const { school } = await startSchool('requests');
const again = screen(byId('screen'), {
  load: async () => {
    if (!school) return [];
    const requests = await all(`/v1/schools/${school.id}/access-requests`);
    return requests.filter(({ state }) => state === 'requested' || state === 'consented');
  },
  draw: (waiting) => {
    if (!school) return noSchool();
    const asks = asksSchool(school);
    const head = heading({ trail: [[school.name, `/school/students?id=${school.id}`]], title: t('requests.heading'), line: asks ? whoWaits(school) : null });
    if (!waiting.length) {
      const change = isAdministrator(school) && h('a', { class: 'button', href: `/school/staff?id=${school.id}#access` }, t('access.heading'));
      return [head, emptyState({ title: t('requests.none'), text: t(asks ? 'requests.none_text' : 'requests.none_code'), art: '/assets/shared/row.svg', action: asks ? null : change, testId: 'no-requests' }), familiesPart(school.id)];
    }
    waiting.sort((a, b) => a.requested_at.localeCompare(b.requested_at));
    const rows = h('ul', { class: 'rows', data: { testid: 'requests' } }, waiting.map((one) => requestRow(school, one, () => rows.childElementCount === 0 && again())));
    return [head, rows, familiesPart(school.id)];
  },
  bones: skeleton(3, 'row'),
});
