// The scopes of a program: the same choices for an API key and for a trusted program.

import { h } from '/assets/shared/dom.js';
import { t } from '/assets/shared/words.js';

const SCOPES = ['read', 'schools:write', 'rosters:write', 'photos:write', 'galleries:write'];

export const scopeName = (scope) => t(`programs.scope_${scope.replace(':', '_')}`);

/** The choices, as a part of a form. */
export function scopeFields() {
  const choices = SCOPES.map((scope) => h('label', { class: 'check' },
    h('input', { type: 'checkbox', name: scope, checked: scope === 'read' }), h('span', {}, scopeName(scope))));
  return h('fieldset', { class: 'stack' }, h('legend', {}, t('programs.scopes')), choices);
}

/** The chosen scopes. */
export const scopesOf = (form) => SCOPES.filter((scope) => form.elements.namedItem(scope).checked);
