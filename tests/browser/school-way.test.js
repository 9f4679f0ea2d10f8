// A school's whole use, by clicking, on a desktop and on a phone: the photographer invites an administrator,
// who invites a teacher; the teacher issues a code and approves the family that uses it; the access ends from
// both sides.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skip } from './chromium.js';
import * as asParent from './parent.js';
import * as asPhotographer from './photographer.js';
import { STUDENTS } from './school.js';
import * as asStaff from './school-staff.js';
import { stage } from './stage.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 600_000;

describe("a school's way by clicking", { skip }, () => {
  const there = stage();

  for (const device of [DESKTOP, PHONE]) {
    test(`on a ${device.name}`, { timeout: AT_MOST_MS }, async () => {
      const { browser, runner } = there;
      const arrive = () => Visitor.arrive(browser, device, runner.url);
      const [photographer, administrator, teacher, parent] = [await arrive(), await arrive(), await arrive(), await arrive()];
      const address = (who) => `${who}-${device.name}@school-way.example`;

      await asPhotographer.signUp(photographer, runner, address('photographer'));
      await asPhotographer.signIn(photographer, address('photographer'));
      await asPhotographer.addSchool(photographer);
      await asPhotographer.importRoster(photographer);
      await asStaff.invite(photographer, address('administrator'));

      const link = await asStaff.accept(administrator, runner, address('administrator'));
      await asStaff.askToBeAsked(administrator);
      await asStaff.invite(administrator, address('teacher'), '3a');
      await asStaff.accept(teacher, runner, address('teacher'));

      const [family, given] = STUDENTS[0];
      const inClass = STUDENTS.filter(([, , room]) => room === '3A').length;
      const code = await asStaff.makeCode(teacher, given, inClass);
      await asParent.openGallery(parent, runner, { code, email: address('parent') });
      await parent.page.getByText('No photos to show yet').waitFor();
      await asStaff.approve(teacher, address('parent'), `${given} ${family}`);

      // The same student, grown up: possible after the school has opened it, and once the teacher approves.
      await asStaff.openToStudents(administrator);
      const student = await arrive();
      await asParent.openGallery(student, runner, { code, email: address('student'), isStudent: true });
      await student.page.getByText('No photos to show yet').waitFor();
      await asStaff.approve(teacher, address('student'), `${given} ${family}`, true);

      // The school ends the parent's access; the student gives theirs up.
      await asStaff.endAccess(administrator, address('parent'));
      await asParent.findAccessEnded(parent);
      await asParent.giveUp(student);

      await asStaff.takeOff(administrator, address('teacher'));
      await asStaff.findNoSchool(teacher);
      await asStaff.findInvitationOver(parent, link);

      // The studio's own staff list, still empty.
      await photographer.page.goto('/photographer/studio-staff');
      await photographer.see('no-colleagues');
      await photographer.checkScreen();
      for (const visitor of [photographer, administrator, teacher, parent, student]) {
        visitor.checkConsole();
        await visitor.leave();
      }
      assert.ok(code);
    });
  }
});
