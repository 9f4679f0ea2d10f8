// An invitation to work at a school.

import { invitationPage } from '/assets/school/accept.js';

invitationPage('school', 'invitation.lead');
