// A photographer signs in and goes on to where they wanted to be.

import { signInPage } from '/assets/shared/sign-in.js';

signInPage('photographer');
