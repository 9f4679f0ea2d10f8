// Security that only a real browser can show: where a sign-in leads, what happens to a script in a name, and
// that every visitor can read the public security pages.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, skip } from './chromium.js';
import { keepPicture } from './picture.js';
import { Runner } from './runner.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const EMAIL = 'photographer@picture-day.example';
const PASSWORD = 'Sunny-Meadow-42';
const SCRIPT = '<img src=x onerror="window.smuggled=1"><script>window.smuggled=1</script>';
const NOT_SIGNED_IN = /status of 401 .*\/v1\/session\)/;

describe('security in a browser', { skip, timeout: 300_000 }, () => {
  let runner;
  let browser;

  before(async () => {
    browser = await launch();
    runner = await Runner.start();
    await post('/v1/studios', { email: EMAIL });
    const link = new URL(await runner.mailedLink(EMAIL, '/photographer/verify'));
    await post('/v1/email-verifications', { token: link.searchParams.get('token'), studio_name: 'Meadow', password: PASSWORD });
  });
  after(async () => {
    await browser?.close();
    await runner?.stop();
  });

  async function post(path, body) {
    const answer = await fetch(`${runner.url}${path}`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin: runner.url }, body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  }

  async function signedIn() {
    const visitor = await Visitor.arrive(browser, DESKTOP, runner.url);
    visitor.expectError(NOT_SIGNED_IN);
    await visitor.page.goto('/photographer/sign-in');
    const form = await visitor.see('sign-in-form');
    await form.getByLabel('E-mail address').fill(EMAIL);
    await form.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await form.getByRole('button').click();
    await visitor.page.waitForURL('**/photographer');
    return visitor;
  }

  test('d24_sign_in_leads_to_our_own_pages_only', async () => {
    const visitor = await signedIn();
    const elsewhere = [
      'https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', '/photographer@evil.example',
      'javascript:window.smuggled=1', 'data:text/html,<script>1</script>', 'https:evil.example', '/photographer/../..//evil.example',
      '/photographer?next=//evil.example', '/photographer/school?id=%0d%0aLocation:%20//evil.example', '.evil.example', '',
    ];
    for (const next of elsewhere) {
      await visitor.page.goto(`/photographer/sign-in?next=${encodeURIComponent(next)}`);
      await visitor.page.waitForURL((url) => url.pathname !== '/photographer/sign-in');
      const { origin, pathname, search } = new URL(visitor.page.url());
      assert.deepEqual([origin, pathname, search], [runner.url, '/photographer', ''], next);
      assert.equal(await visitor.page.evaluate(() => window.smuggled), undefined, next);
    }
    await visitor.page.goto(`/photographer/sign-in?next=${encodeURIComponent('/photographer/schools')}`);
    await visitor.page.waitForURL('**/photographer/schools');
    await visitor.leave();
  });

  test('d17_a_script_in_a_name_is_shown_as_text', async () => {
    const visitor = await signedIn();
    // The API never stores such a name; the pages do not rely on that.
    for (const list of ['districts', 'schools']) {
      await visitor.page.route(`**/v1/${list}?*`, (route) => route.fulfill({ json: { items: [{ id: 'x', district_id: 'x', name: SCRIPT, time_zone: 'America/Denver' }], next_cursor: null } }));
      await visitor.page.route(`**/v1/${list}`, (route) => route.fulfill({ json: { items: [{ id: 'x', district_id: 'x', name: SCRIPT, time_zone: 'America/Denver' }], next_cursor: null } }));
    }
    await visitor.page.goto('/photographer/schools');
    await visitor.page.getByText(SCRIPT).first().waitFor();
    const seen = await visitor.page.evaluate(() => [window.smuggled, document.querySelectorAll('main img[src=x], main script').length]);
    assert.deepEqual(seen, [undefined, 0]);
    visitor.checkConsole();
    await visitor.leave();
  });

  test('d11_the_policy_stops_a_script_that_got_in_all_the_same', async () => {
    const visitor = await Visitor.arrive(browser, DESKTOP, runner.url);
    visitor.expectError(/Content Security Policy|TrustedHTML|TrustedScript|evil\.example/);
    await visitor.page.goto('/');
    const tried = await visitor.page.evaluate(async () => {
      const outcomes = {};
      const attempt = (name, work) => {
        try {
          work();
          outcomes[name] = 'done';
        } catch {
          outcomes[name] = 'refused';
        }
      };
      attempt('markup', () => { document.body.innerHTML += '<img src=x onerror="window.smuggled=1">'; });
      attempt('inline', () => {
        const script = document.createElement('script');
        script.append('window.smuggled=1');
        document.body.append(script);
      });
      outcomes.elsewhere = await fetch('https://evil.example/').then(() => 'done', () => 'refused');
      await new Promise((done) => setTimeout(done, 200));
      outcomes.smuggled = window.smuggled;
      return outcomes;
    });
    assert.equal(tried.smuggled, undefined);
    assert.equal(tried.markup, 'refused');
    assert.equal(tried.elsewhere, 'refused');
    await visitor.leave();
  });

  for (const device of [DESKTOP, PHONE]) {
    test(`the pages about security can be read on a ${device.name}`, async () => {
      const visitor = await Visitor.arrive(browser, device, runner.url);
      await visitor.page.goto('/');
      await visitor.page.getByRole('link', { name: 'Security and privacy' }).click();
      for (const path of ['/security', '/security/tips']) {
        await visitor.page.goto(path);
        for (const language of ['en', 'es']) {
          await visitor.page.locator(`html[lang=${language}]`).waitFor();
          await visitor.page.getByRole('heading', { level: 1 }).waitFor();
          await visitor.checkScreen();
          await keepPicture(visitor, `${path.slice(1).replace('/', '-')}-${device.name}-${language}`);
          await visitor.press('language');
        }
        await visitor.page.locator('html[lang=en]').waitFor();
      }
      await visitor.page.goto('/security');
      const promise = visitor.page.locator('#A01');
      assert.equal(await promise.locator('[lang=en]').isVisible(), true);
      assert.equal(await promise.locator('[lang=es]').isVisible(), false);
      const [around, words] = [await promise.boundingBox(), await promise.locator('[lang=en]').boundingBox()];
      assert.ok(words.y >= around.y && words.y + words.height <= around.y + around.height, 'the words are next to their number');
      await visitor.leave();
    });
  }
});
