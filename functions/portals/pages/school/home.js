// The schools of the user: what they see there, the next picture day, and the waiting requests.

import { all } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { screen, skeleton } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { civilDate, t } from '/assets/shared/words.js';
import { asksSchool } from '/assets/school/access-requests.js';
import { isAdministrator, noSchool, startSchool } from '/assets/school/shell.js';

const { schools } = await startSchool('home');
screen(byId('screen'), {
  load: () => Promise.all(schools.map(async (school) => {
    const path = `/v1/schools/${school.id}`;
    const [days, requests] = await Promise.all([all(`${path}/picture-days`), asksSchool(school) ? all(`${path}/access-requests`) : []]);
    return { school, next: nextOf(days, school.time_zone), waiting: requests.filter((one) => one.may_decide).length };
  })),
  draw: (places) => (places.length
    ? [heading({ title: t('school_home.heading') }), h('ul', { class: 'rows', data: { testid: 'schools' } }, places.map(row))]
    : noSchool()),
  bones: skeleton(2, 'row'),
});

/** The first picture day that is not over, by the school's own calendar. */
function nextOf(days, timeZone) {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());
  return days.map(({ date }) => date).filter((date) => date >= today).sort()[0] ?? null;
}

function row({ school, next, waiting }) {
  const line = (words, kind = 'muted small') => h('span', { class: kind }, words);
  return h('li', {}, h('a', { class: 'row-link', href: `/school/${waiting ? 'requests' : 'students'}?id=${school.id}`, data: { testid: 'school' } },
    h('span', { class: 'row-icon' }, icon('school')),
    h('span', { class: 'row-words long' },
      h('strong', {}, h('bdi', {}, school.name)),
      line(isAdministrator(school) ? t('school_home.administrator') : t('school_home.teacher', { classes: school.classes.join(', ') })),
      line(next ? t('school_home.next_day', { date: civilDate(next) }) : t('school_home.no_day')),
      waiting > 0 && line(t('school_home.waiting', { count: waiting }), 'small')),
    icon('on')));
}
