// The access review: everyone and everything that can see data of the studio, for its owner to check and sign.

import { all, get, post } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { emptyState, notice, openDialog, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { byName, moment, t } from '/assets/shared/words.js';
import { scopeName } from '/assets/photographer/scopes.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const ICONS = {
  owner: 'user', colleague: 'user', school_staff: 'user', api_key: 'key', trusted_issuer: 'key', directory: 'key', guest: 'gallery', invitation: 'mail',
};

await startPhotographer('account');
const again = screen(byId('screen'), {
  load: async () => {
    try {
      return await get('/v1/studio/access-review');
    } catch (problem) {
      // A colleague who does not own the studio gets a message: this is no error.
      if (problem.code === 'owner_only') return null;
      throw problem;
    }
  },
  draw: (report) => {
    const title = t('review.heading');
    if (!report) return [heading({ title }), h('p', { data: { testid: 'owner-only' } }, t('studio_staff.owner_only'))];
    const isAlone = report.count === 1;
    return [
      heading({ title, line: t('review.lead') }),
      standing(report),
      isAlone && emptyState({ title: t('review.alone'), text: t('review.alone_text'), testId: 'alone' }),
      part(t('review.studio'), of(report, 'owner', 'colleague')),
      report.families.toSorted((a, b) => byName(a.school, b.school)).map((school) => schoolPart(report, school)),
      part(t('review.programs'), of(report, 'api_key', 'trusted_issuer'), ['/photographer/programs', t('nav.programs')]),
      part(t('review.directories'), of(report, 'directory'), ['/photographer/schools', t('nav.schools')]),
      part(t('review.guests'), of(report, 'guest')),
      part(t('review.invitations'), of(report, 'invitation'), ['/photographer/studio-staff', t('nav.studio_staff')]),
      signing(report),
      h('p', { class: 'aside small' }, t('review.besides')),
    ];
  },
  bones: skeleton(4, 'row'),
});

/** When the last review was, and whether the next one is due. */
function standing({ last_review: last, is_due: isDue, count }) {
  const line = last
    ? t('review.last', { when: moment(last.at), by: last.by ?? '', due: moment(last.due_at) })
    : t('review.never');
  const then = last && last.count !== count && t('review.count_then', { count, then: last.count });
  return h('div', { data: { testid: isDue ? 'review-due' : 'review-done' } },
    notice(isDue ? 'warn' : 'good', h('strong', {}, t(isDue ? 'review.due' : 'review.not_due')), h('span', {}, line), then && h('span', {}, then)));
}

const of = (report, ...kinds) => report.grants.filter((grant) => kinds.includes(grant.kind))
  .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byName(a.name, b.name));

function part(title, grants, where = null) {
  if (!grants.length) return null;
  return h('section', { class: 'part' },
    h('div', { class: 'page-head' },
      h('h2', { class: 'part-title' }, title),
      where && h('a', { href: where[0] }, where[1])),
    h('ul', { class: 'rows' }, grants.map(row)));
}

function schoolPart(report, school) {
  const staff = of(report, 'school_staff').filter((grant) => grant.school_id === school.school_id);
  const sum = school.active + school.waiting;
  const show = h('button', { type: 'button', class: 'quiet', 'aria-label': t('review.show_of', { school: school.school }), onclick: () => showFamilies(school), data: { testid: 'show-families' } }, t('review.show'));
  return h('section', { class: 'part', data: { testid: 'review-school' } },
    h('div', { class: 'page-head' },
      h('h2', { class: 'part-title' }, school.school),
      h('a', { href: `/photographer/school?id=${school.school_id}` }, t('review.to_school'))),
    h('ul', { class: 'rows' },
      staff.map(row),
      h('li', { class: 'row' },
        h('span', { class: 'row-icon' }, icon('people')),
        h('div', { class: 'row-words long' },
          h('strong', {}, sum ? t('review.families', { count: school.active }) : t('review.no_families')),
          school.waiting > 0 && h('span', { class: 'muted small' }, t('review.waiting', { count: school.waiting }))),
        school.new > 0 && pill(t('review.new_families', { count: school.new }), 'info'),
        sum > 0 && show)));
}

function row(grant) {
  return h('li', { class: 'row', data: { testid: `grant-${grant.kind}` } },
    h('span', { class: 'row-icon' }, icon(ICONS[grant.kind])),
    h('div', { class: 'row-words long' },
      h('strong', {}, h('bdi', {}, grant.name)),
      h('span', { class: 'muted small' }, reach(grant)),
      h('span', { class: 'muted small' }, times(grant).join(' · '))),
    grant.is_new && pill(t('review.new'), 'info'));
}

/** What a grant can see, in words. */
function reach({ kind, role, reaches }) {
  const scopes = () => reaches.map(scopeName).join(' · ');
  switch (kind) {
    case 'school_staff': return role === 'teacher' ? t('staff.line_teacher', { classes: reaches.join(', ') }) : t('staff.line_administrator');
    case 'api_key': return t('review.api_key', { scopes: scopes() });
    case 'trusted_issuer': return t('review.trusted_issuer', { scopes: scopes() });
    case 'invitation': return t(`review.invited_${role}`);
    default: return t(`review.as_${kind}`);
  }
}

function times({ since, until, last_seen_at: seen }) {
  return [
    since && t('review.since', { when: moment(since) }),
    until && t('review.until', { when: moment(until) }),
    seen && t('review.seen', { when: moment(seen) }),
  ].filter(Boolean);
}

/** The families of a school one by one. There are many, so they are requested only on demand. */
function showFamilies({ school_id: id, school }) {
  const place = h('div', {});
  openDialog(t('review.families_of', { school }), place, { wide: true, testId: 'families' });
  screen(place, {
    load: async () => (await all(`/v1/schools/${id}/access-requests`)).filter((one) => one.state !== 'ended'),
    draw: (families) => h('ul', { class: 'rows' }, families.map((one) => h('li', { class: 'row', data: { testid: 'family' } },
      h('div', { class: 'row-words long' },
        h('strong', {}, h('bdi', {}, one.email)),
        h('span', { class: 'muted small' }, t('requests.line', { student: one.student_name ?? '', since: moment(one.requested_at) }))),
      pill(t(one.state === 'active' ? 'review.sees' : 'review.waits'), one.state === 'active' ? 'good' : 'plain')))),
    bones: skeleton(3, 'row'),
  });
}

function signing({ digest }) {
  const sign = h('button', { type: 'button', class: 'primary', onclick: send, data: { testid: 'sign-off' } }, icon('check'), t('review.sign'));
  async function send() {
    sign.disabled = true;
    try {
      await post('/v1/studio/access-reviews', { digest });
      say(t('review.signed'));
      again();
    } catch (problem) {
      sign.disabled = false;
      if (problem.code !== 'access_changed') return say(problem.message, 'bad');
      // The grants changed meanwhile: the user may sign only what is displayed.
      again();
      say(t('review.changed'), 'bad');
    }
  }
  return h('section', { class: 'part stack' },
    h('h2', { class: 'part-title' }, t('review.sign_heading')),
    h('p', {}, t('review.sign_text')),
    h('div', { class: 'actions start' }, sign));
}
