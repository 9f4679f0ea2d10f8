// An invitation to work at a school.

import { invitationPage } from '/assets/shared/invitation.js';

invitationPage('school', 'invitation.lead');
