// Signs a photographer in and continues to the page they wanted.

import { signInPage } from '/assets/shared/sign-in.js';

signInPage('photographer');
