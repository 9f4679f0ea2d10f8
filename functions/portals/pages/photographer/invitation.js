// An invitation to work in a studio.

import { invitationPage } from '/assets/shared/invitation.js';

invitationPage('photographer', 'invitation.lead_studio');
