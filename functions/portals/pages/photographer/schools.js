// Districts and their schools.

import { all, post } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { emptyState, field, onSubmit, openDialog, screen, skeleton } from '/assets/shared/elements.js';
import { byName, t } from '/assets/shared/words.js';
import { addSchool } from '/assets/photographer/add-school.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

await startPhotographer('schools');
const again = screen(byId('screen'), {
  load: async () => {
    const [districts, schools] = await Promise.all([all('/v1/districts'), all('/v1/schools')]);
    return { districts: districts.sort((a, b) => byName(a.name, b.name)), schools };
  },
  draw: ({ districts, schools }) => {
    const add = h('button', { type: 'button', class: 'primary', onclick: () => addSchool(districts), data: { testid: 'add-school' } }, icon('plus'), t('schools.add'));
    const addDistrict = h('button', { type: 'button', onclick: newDistrict, data: { testid: 'add-district' } }, t('schools.add_district'));
    if (!districts.length) {
      return [heading({ title: t('schools.heading') }),
        emptyState({ title: t('home.no_schools'), text: t('home.no_schools_text'), art: '/assets/shared/row.svg', action: add })];
    }
    return [heading({ title: t('schools.heading'), actions: [addDistrict, add] }),
      districts.map((district) => districtPart(district, schools.filter((one) => one.district_id === district.id)))];
  },
  bones: skeleton(3, 'row'),
});

function districtPart(district, schools) {
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, district.name),
    h('p', {}, h('a', { href: `/photographer/district?id=${district.id}`, 'aria-label': t('district.heading', { name: district.name }), data: { testid: 'to-district' } }, t('district.nav'))),
    schools.length
      ? h('ul', { class: 'rows' }, schools.sort((a, b) => byName(a.name, b.name)).map((school) => h('li', {},
        h('a', { class: 'row-link', href: `/photographer/school?id=${school.id}` },
          h('span', { class: 'row-icon' }, icon('school')),
          h('span', { class: 'row-words' }, h('strong', {}, school.name), h('span', { class: 'muted small' }, school.time_zone.replaceAll('_', ' '))),
          icon('on')))))
      : h('p', { class: 'muted' }, t('schools.none_here')));
}

function newDistrict() {
  const form = h('form', { class: 'stack' },
    field(t('add_school.district_name'), h('input', { name: 'name', required: true, maxlength: 100, data: { testid: 'district-name' } })),
    h('button', { type: 'submit', class: 'primary' }, t('schools.add_district')));
  const dialog = openDialog(t('schools.add_district'), form);
  onSubmit(form, async ({ name }) => {
    await post('/v1/districts', { name });
    dialog.close();
    again();
  });
}
