// The dialog that adds a school, and its district if that is new.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, options } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

const NEW = 'new';

/** Opens the dialog, and then the new school's page. */
export function addSchool(districts) {
  const zones = Intl.supportedValuesOf('timeZone');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const district = h('select', { name: 'district_id', data: { testid: 'school-district' } },
    options([...districts.map(({ id, name }) => [id, name]), [NEW, t('add_school.new_district')]], districts[0]?.id ?? NEW));
  const districtName = h('input', { name: 'district_name', required: true, maxlength: 100, data: { testid: 'district-name' } });
  const newDistrict = field(t('add_school.district_name'), districtName, t('add_school.district_help'));
  const showNew = () => {
    newDistrict.hidden = district.value !== NEW;
    districtName.disabled = newDistrict.hidden;
  };
  district.addEventListener('change', showNew);
  showNew();

  const form = h('form', { class: 'stack' },
    districts.length ? field(t('add_school.district'), district) : h('input', { type: 'hidden', name: 'district_id', value: NEW }),
    newDistrict,
    field(t('add_school.name'), h('input', { name: 'name', required: true, maxlength: 100, autocomplete: 'off', data: { testid: 'school-name' } })),
    field(t('add_school.zone'), h('select', { name: 'time_zone' }, options(zones.map((zone) => [zone, zone.replaceAll('_', ' ')]), zones.includes(here) ? here : 'America/New_York')),
      t('add_school.zone_help')),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'create-school' } }, t('add_school.submit')));

  let made = null; // a district created at the first attempt is not created again after the school's name was refused
  onSubmit(form, async (values) => {
    const districtId = values.district_id === NEW
      ? (made ??= await post('/v1/districts', { name: values.district_name })).id
      : values.district_id;
    const school = await post('/v1/schools', { district_id: districtId, name: values.name, time_zone: values.time_zone });
    location.assign(`/photographer/school?id=${school.id}`);
  });
  openDialog(t('add_school.heading'), form, { testId: 'add-school-dialog' });
}
