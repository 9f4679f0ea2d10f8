// An invitation to work in a studio.

import { invitationPage } from '/assets/school/accept.js';

invitationPage('photographer', 'invitation.lead_studio');
