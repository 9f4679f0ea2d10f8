// A school office's roster, by clicking: a part of the school and the whole of it, ids with two names,
// columns to map, a file too large for a request, and the undo from the list. Set PICTURES to a folder to
// keep screenshots.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, skip } from './chromium.js';
import * as asPhotographer from './photographer.js';
import { look as lookAt } from './picture.js';
import { Runner } from './runner.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 600_000;
const HEADER = 'First Name,Last Name,Student ID,Class,Grade,Teacher';
const CLASSES = ['1A', '1B', '2A', '2B', '3A'];

const rowOf = (number) => `Given${number},Family${number},${String(number).padStart(5, '0')},${CLASSES[number % 5]},${1 + (number % 3)},Rivera`;
const file = (rows, name = 'roster.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from([HEADER, ...rows].join('\n')) });
const numbers = (count) => Array.from({ length: count }, (_, at) => at);

/** Rows like those of offices: new children, changed classes, missing names, duplicate ids, single names. */
const ugly = [
  ...numbers(100).map(rowOf),
  ...numbers(200).map((at) => `Anaïs-${at},Łódź O'Neill,9${String(at).padStart(4, '0')},${CLASSES[at % 5]},${at % 6},Müller`),
  ...numbers(20).map((at) => `Moved${at},Family,${String(100 + at).padStart(5, '0')},4C,4,Ng`),
  ...numbers(40).map((at) => `,,7${at},1A,1,Rivera`),
  ...numbers(40).map((at) => `Twin${at},Alpha,8${at},1A,1,Rivera`), ...numbers(40).map((at) => `Other${at},Omega,8${at},1B,1,Rivera`),
  ...numbers(30).map((at) => `Suharto${at},,6${at},2A,2,Rivera`), ...numbers(30).map(rowOf),
];

describe('a roster as an office has it', { skip }, () => {
  let runner;
  let browser;

  before(async () => {
    browser = await launch();
    runner = await Runner.start();
  });
  after(async () => {
    await browser?.close();
    await runner?.stop();
  });

  for (const device of [DESKTOP, PHONE]) {
    test(`on a ${device.name}`, { timeout: AT_MOST_MS }, async () => {
      const photographer = await Visitor.arrive(browser, device, runner.url);
      const email = `office-${device.name}@picture-day.example`;
      await asPhotographer.signUp(photographer, runner, email);
      await asPhotographer.signIn(photographer, email);
      await asPhotographer.addSchool(photographer);
      const look = (name) => lookAt(photographer, device, name);
      const bring = async (roster) => {
        await photographer.part('roster-file').waitFor({ state: 'attached' });
        await photographer.part('roster-file').setInputFiles(roster);
      };
      const apply = async () => {
        await photographer.press('apply');
        await photographer.see('undo');
      };
      const openSchool = async () => {
        await photographer.press('to-school');
        await photographer.see('students');
      };

      await photographer.press('import-roster');
      await bring(file(numbers(120).map(rowOf)));
      await photographer.see('count-added', '120');
      await apply();
      await openSchool();

      // A part: students who are not in the file stay.
      await photographer.press('import-roster');
      await bring(file(numbers(20).map(rowOf)));
      await photographer.see('count-unchanged', '20');
      assert.equal(await photographer.part('count-left').count(), 0);
      await look('part');

      // The whole school: the page shows the number of leaving students and requires it.
      await photographer.press('whole-school');
      await photographer.see('whole-left', '100 of 120 students');
      assert.equal(await photographer.part('apply').isDisabled(), true);
      await look('whole');
      await photographer.part('confirm-left').fill('10');
      assert.equal(await photographer.part('apply').isDisabled(), true);
      await photographer.part('confirm-left').fill('100');
      assert.equal(await photographer.part('apply').isDisabled(), false);
      await photographer.press('part-of-school');
      await photographer.see('whole-school');

      // Five hundred mixed rows.
      await photographer.page.getByRole('button', { name: 'Another file' }).click();
      await look('start');
      await bring(file(ugly));
      await photographer.see('count-conflicts');
      await photographer.see('names');
      await photographer.see('mapping');
      const conflicts = await photographer.see('conflicts');
      await conflicts.locator('li').first().getByTestId('decide-use').click();
      await photographer.page.waitForFunction(() => !document.querySelector('[data-testid=undecided]').textContent.includes('100'));
      await look('ugly');
      await apply();
      await look('applied');
      await openSchool();

      // No header: the user maps the columns by their contents.
      await photographer.press('import-roster');
      await bring({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('1A;Lee;Ann\n1B;Gray;Bob\n') });
      await photographer.see('header-row');
      await look('columns');
      await photographer.part('header-row').selectOption('0');
      for (const [at, use] of [[0, 'class'], [1, 'family_name'], [2, 'given_name']]) {
        await photographer.page.locator('.mapping .column select').nth(at).selectOption(use);
      }
      await photographer.press('read-again');
      await photographer.see('count-added', '2');
      await photographer.page.getByRole('button', { name: 'Another file' }).click();

      // Too large for a request.
      const long = 'Classe de découverte '.repeat(4);
      await bring(file(numbers(45_000).map((at) => `Large${at},Family${at},L${at},${long}${at % 90},1,Ng`)));
      await photographer.see('waiting');
      await photographer.page.locator('.waiting progress').first().waitFor();
      await look('progress');
      await photographer.see('count-added', '45,000');

      // The list offers the undo.
      await photographer.page.goto(photographer.page.url().replace(/import\?school=(\w+).*/, 'school?id=$1'));
      await photographer.see('imports');
      await look('list');
      await photographer.part('undo-import').first().click();
      await photographer.press('undo-sure');
      await photographer.page.waitForFunction(() => document.querySelector('[data-testid=imports]')?.textContent.includes('undone'));
      await photographer.checkScreen();
      await photographer.leave();
    });
  }
});
