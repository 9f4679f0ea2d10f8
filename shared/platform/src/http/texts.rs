//! The sentences of error answers that people read: English. One file per language.

use crate::http::roster_texts;

/// Returns the sentence for a code. A code without its own sentence gets a general one: the code itself still
/// says what to change.
#[expect(clippy::too_many_lines, reason = "a table of sentences: one line each")]
pub(crate) fn sentence(code: &str) -> &'static str {
    match code {
        "signed_out" => "Please sign in to go on.",
        "sign_in_refused" => {
            "The e-mail address and the password do not fit. Check both and try again."
        }
        "token_refused" => {
            "This key or token is not good, or not any more. Exchange your key for new tokens."
        }
        "two_credentials" => {
            "Send a cookie, an Authorization header or an X-Guest-Token, and never two of them."
        }
        "acting_read_only" => {
            "You are looking at somebody else's account. Switch writing on first, if you must change something."
        }
        "not_while_acting" => {
            "This is for the account's owner alone: nobody does it in their name."
        }
        "not_at_this_portal" => "This person has nothing at that portal, or is shut out.",
        "already_so" => "It is so already: reload the page to see how things stand.",
        "bad_case" => {
            "A case is the number of a case: 1 to 40 letters, digits and hyphens, with a digit in it."
        }
        "not_for_programs" => "This address is for people: sign in with a browser.",
        "scope_missing" => "The key's scopes do not reach this address.",
        "not_published" => "Families do not see this gallery yet: publish it first.",
        "administrators_only" => {
            "At this school you teach. What concerns the whole school is for its administrators."
        }
        "school_decides_students" => {
            "Only somebody of the school decides about its grown-up students, and about whoever was refused or shut out before."
        }
        "code_is_over" => {
            "The code that this request made is over: it was revoked, or a new one was made since. Ask for a new one."
        }
        "too_many_students" => {
            "Your account sees as many students as one account can. Sign in, give one up, and open the link again."
        }
        "another_student" => "This person is another student already, and nobody is two.",
        "school_administrators_only" => {
            "Only the school's own administrators see the school as one of its teachers does."
        }
        "not_a_teacher" => {
            "Only a teacher's view can be opened. Administrators see the whole school already."
        }
        "last_administrator" => {
            "You are the last administrator here. Make somebody else one first, or ask the photographer."
        }
        "already_staff" => "Whoever has this address works here already.",
        "another_studio" => {
            "Your account belongs to another studio already. Ask to be invited at another address."
        }
        "no_classes" => "A teacher needs at least one class.",
        "too_many_classes" => "A teacher has 50 classes at the most.",
        "classes_of_administrator" => "An administrator sees every class: leave the classes out.",
        "password_missing" => "You are new here: choose a password.",
        "password_not_asked" => {
            "You have an account already: accept without a password, and sign in as usual."
        }
        "another_teachers_code" => {
            "This request was made with another teacher's code: they decide about it, or an administrator."
        }
        "owner_only" => "Only the studio's owner can do this.",
        "bad_identity_provider" => {
            "The kind is entra (with the directory's id) or google (with the organisation's domain); 1 to 20 domains of the district; the client's id and secret as the provider gave them."
        }
        "too_many_scim_tokens" => {
            "Two tokens of this directory work already. Revoke the one that is not used any more."
        }
        "no_identity_provider" => {
            "Set the district's identity provider first: it says whose directory this is."
        }
        "scim_syntax" => "This is not the JSON of RFC 7643 and RFC 7644, or its schema is missing.",
        "scim_filter" => "The filters are: userName eq \"…\" and externalId eq \"…\".",
        "scim_path" => "This is not the path of an attribute.",
        "scim_value" => "A value is missing, is of another type, or is too long.",
        "scim_mutability" => {
            "userName, externalId and active cannot be taken away, and externalId stays as it is."
        }
        "scim_external_id" => {
            "externalId is the tenant's own id of somebody, as its tokens say it: map objectId (Entra) or the user's id (Google) to it."
        }
        "scim_user_name" => "userName is an address of one of the district's domains.",
        "scim_uniqueness" => "There is somebody with this userName or externalId already.",
        "unknown_scope" => {
            "The scopes are read, schools:write, rosters:write, photos:write and galleries:write."
        }
        "no_scopes" => "Choose at least one scope.",
        "unknown_issuer" => {
            "The issuers are https://login.microsoftonline.com/TENANT/v2.0, https://accounts.google.com, https://securetoken.google.com/PROJECT, https://cognito-idp.REGION.amazonaws.com/POOL and https://token.actions.githubusercontent.com."
        }
        "bad_claim" => {
            "Write it letter by letter as the tokens do: 1 to 255 characters without a blank."
        }
        "issuer_trusted_already" => {
            "This program of this provider is let in already, here or in another studio. Use another audience or another account of it."
        }
        "too_many_trusted_issuers" => {
            "You trust 20 programs already. Revoke one that is not used any more."
        }
        "access_changed" => {
            "Who can see what has changed since this report was made. Look at it as it is now, and sign that."
        }
        "too_many_api_keys" => "You have 20 keys already. Revoke one that is not used any more.",
        "email_not_verified" => {
            "Please confirm your e-mail address first: open the link in the mail we sent you."
        }
        "second_factor_needed" => {
            "For this we need to be sure it is you: show your second factor, then try again."
        }
        "sign_in_again" => {
            "For this we need to be sure it is you: sign out, sign in again, and try again within ten minutes."
        }
        "wrong_code" => {
            "This code does not fit, or was used already. Wait for the next one and type that."
        }
        "wrong_passkey" => "This passkey does not fit. Try again, or use another way.",
        "second_factor_exists" => {
            "There is an authenticator app already. Take it away first to set up another."
        }
        "no_second_factor" => "Set up an authenticator app or a passkey first.",
        "no_passkey" => "There is no passkey for this account.",
        "passkey_exists" => "This device has a passkey for this account already.",
        "too_many_passkeys" => "There are ten passkeys already. Take one away first.",
        "passkeys_unavailable" => "Passkeys need an address with a host name.",
        "enrolment_is_over" => "This took too long. Begin again with a new code.",
        "second_factor_not_offered" => "A second factor is not needed here.",
        "second_factor_of_district" => {
            "Your district signs you in, and it decides about second factors."
        }
        "not_found" => "There is nothing here, or nothing you may see.",
        "method_not_allowed" => "This address does not know that method.",
        "internal" => {
            "Something went wrong on our side. Nothing was changed; please try again in a moment."
        }
        "domain_unproven" => {
            "A domain lacks the district's TXT record. Add the record in its DNS, wait until it is published, and save again."
        }
        "dns_unreachable" => {
            "The DNS does not answer. Nothing was changed; please try again in a few minutes."
        }
        "identity_provider_unreachable" => {
            "The identity provider does not answer as it should. Nothing was changed; please try again in a few minutes."
        }
        "too_many_attempts" => "Too many attempts. Please wait a little and try again.",
        "too_many_mails" => {
            "This address was sent several mails already. Please try again in an hour. What was sent before goes on working."
        }
        "body_too_large" => "That is more than this address takes in one request (4 MB).",
        "unsupported_type" => "This address does not take that content type.",
        "malformed_json" => "The request is not JSON of the form this address takes.",
        "malformed_query" => "A query parameter has a value this address does not take.",
        "missing_body" => "The request has no body.",
        "csrf" => "This page is out of date. Reload it and try again.",
        "around_the_edge" => {
            "This is not the address of the service. Use the one that its pages have."
        }
        "cross_site" => "This request came from another site and was refused.",
        "link_used_or_expired" => {
            "This link has been used already or is too old. Ask for a new one."
        }
        "bad_email" => "That is not an e-mail address we can send mail to.",
        "empty" => "This must not be empty.",
        "too_long" => "This is too long.",
        "password_too_short" => "A password needs at least 12 characters.",
        "password_shorter_than_15" => "A password needs at least 15 characters.",
        "password_breached" => {
            "This password is on the lists that attackers try first. Choose another that you use nowhere else."
        }
        "password_needed" => {
            "You have no password yet. Choose \u{201c}Forgotten password\u{201d} at the sign-in page to set one."
        }
        "wrong_password" => "This is not your password.",
        "code_refused" => {
            "This code does not fit, was used already or is too old. Check it, or ask for a new one."
        }
        "password_too_long" => "A password may have at most 1,024 bytes.",
        "password_no_upper" => "A password needs an upper-case letter.",
        "password_no_lower" => "A password needs a lower-case letter.",
        "password_no_digit" => "A password needs a digit.",
        "password_no_special" => {
            "A password needs a character that is neither a letter nor a digit."
        }
        "unknown_portal" => "There is no such portal.",
        "unknown_district" => "There is no such district.",
        "unknown_student" => "There is no such student at this school.",
        "unknown_picture_day" => "There is no such picture day.",
        "unknown_time_zone" => {
            "There is no such time zone. Use an IANA name such as America/Denver."
        }
        "bad_date" => "Use a date such as 2026-09-14.",
        "unknown_kind" => "Use one of fall, spring, retake, graduation, other.",
        "bad_camera" => {
            "A camera's label is 1 to 20 letters, digits, spaces, hyphens or underscores."
        }
        "no_files" => "Name at least one file.",
        "too_many_files" => "Register at most 100 files at a time.",
        "bad_sha256" => "This is not the base64 of a SHA-256 hash.",
        "bad_cursor" => "This cursor is not one of ours.",
        "bad_limit" => "A limit is a number from 1 to 200.",
        "bad_expiry" => {
            "Write the end as a date, 2026-12-24 (shown until that day is over at the school), or as a time with its zone, 2026-12-24T18:00:00-07:00."
        }
        "expiry_is_past" => "The galleries would have ended already. Choose a later date.",
        "unknown_gallery" => "Name galleries of this picture day, at least one.",
        "galleries_ended" => {
            "These galleries have ended. Say until when families see them again: expires_at with a date, or null for no end."
        }
        "all_held_back" => {
            "All photos are held back: look at the doubtful ones and confirm whose they are."
        }
        "unknown_target" => "Galleries are published to: hosted.",
        "nothing_to_build" => "No photo of this picture day belongs to a student yet.",
        "run_changed" => {
            "A photo has come to this card or was taken from it since you looked. Look again, then confirm."
        }
        "photo_is_card" => {
            "This is a camera card, with a child's name and code on it. It is nobody's photo, and no family is shown it."
        }
        "unknown_state" => "A state is doubtful, read or confirmed.",
        "wrong_state" => "This is not possible now: reload the page to see how things stand.",
        "empty_file" => "The file is empty.",
        "idempotency_key_reused" => "This Idempotency-Key was used for another request.",
        "bad_idempotency_key" => "An Idempotency-Key is 1 to 100 printable ASCII characters.",
        "unknown_document" => "There is no such document.",
        "old_version" => "The document has changed. Please read it again.",
        "consent_needed" => "Please read and accept the consent first.",
        "no_picture_day" => "Say which picture day: ?picture_day=day_…",
        "not_acceptable" => "This address answers application/pdf or application/json.",
        "unknown_list" => {
            "A list is students_without_photo, unmatched, cards_without_photos, unreadable_cards, foreign_cards, refused or not_arrived."
        }
        "bad_paper" => "Paper is a4 or letter.",
        _ => roster_texts::sentence(code).unwrap_or("This value breaks a rule of this address."),
    }
}

/// Tells the person who must look at a run of photos why.
pub(crate) fn doubt(doubt: domain::matching::Doubt) -> &'static str {
    use domain::matching::Doubt;
    match doubt {
        Doubt::LongRun => {
            "Far more photos than usual on this camera: the next child’s card may not have been photographed."
        }
        Doubt::PauseInside => "A pause as long as the one between two children.",
        Doubt::CardLike => "A photo that shows what may be a part of a card that was not found.",
        Doubt::NumberGap => {
            "A file number is missing: that photo never came, and may have been the next child’s card."
        }
        Doubt::PrintOrder => {
            "The card printed next was not photographed, and its student has no photo."
        }
        Doubt::LostFile => {
            "A file was refused or never arrived, and its name does not say where it belongs: it may have been a card."
        }
        Doubt::HandDiffers => {
            "You gave a photo in between to another child or to none, and more photos follow."
        }
    }
}

/// Tells a photographer why a photo was refused, and what to do about it.
#[expect(clippy::too_many_lines, reason = "one sentence for each code")]
pub(crate) fn refusal(code: &str) -> &'static str {
    match code {
        "heic_not_supported" => {
            "HEIC is not taken. Choose JPEG (“Most Compatible”) in the camera’s settings, or export as JPEG, and upload that."
        }
        "raw_not_supported" => {
            "Raw files are not taken. Export as JPEG in your camera or raw converter and upload that."
        }
        "video_not_supported" => "Films are not taken, only photos: JPEG or PNG.",
        "archive_not_supported" => "This is an archive. Unpack it and upload the photos.",
        "html_not_supported" => {
            "This is a web page, not a photo. Upload the photos themselves: JPEG or PNG."
        }
        "file_empty" | "empty_file" | "roster_empty" => {
            "The file is empty. Copy it from the camera card again and upload that."
        }
        "file_too_large" => "The file has more than 50 MB. Export it as JPEG and upload that.",
        "type_not_supported" | "not_a_picture" => {
            "Only JPEG and PNG are taken. Export it as JPEG and upload that."
        }
        "avif_not_supported"
        | "tiff_not_supported"
        | "gif_not_supported"
        | "webp_not_supported"
        | "bmp_not_supported"
        | "photoshop_not_supported"
        | "svg_not_supported"
        | "pdf_not_supported" => {
            "This format is not taken. Export as JPEG in your picture program and upload that."
        }
        "picture_mislabelled" => {
            "The name or type of this file does not fit what is inside. Export it again as JPEG and upload that."
        }
        "picture_truncated" => {
            "This file is cut off: its end is missing. Copy it from the camera card again and upload that."
        }
        "picture_hides_another_file" => {
            "Another file is attached behind this picture. Export the picture again as JPEG and upload that."
        }
        "picture_too_many_pixels" => {
            "This picture has more than 100 megapixels. Export it smaller and upload that."
        }
        "picture_side_too_long" => {
            "This picture is more than 20,000 pixels long. Export it smaller and upload that."
        }
        "picture_damaged" => {
            "This file is damaged and cannot be shown. Copy it from the camera card again, or export it again, and upload that."
        }
        "jpeg_cmyk_not_supported" => {
            "This JPEG has the colours of a printing press (CMYK). Export it in RGB and upload that."
        }
        "jpeg_twelve_bit_not_supported" => {
            "This JPEG has 12 bits per colour. Export it with 8 bits per colour and upload that."
        }
        "jpeg_arithmetic_not_supported" => {
            "This JPEG is compressed with arithmetic coding. Export it as baseline JPEG (Huffman coding) and upload that."
        }
        "jpeg_lossless_not_supported" => {
            "This is a lossless or hierarchical JPEG. Export it as baseline JPEG and upload that."
        }
        "jpeg_too_many_scans" => {
            "This progressive JPEG has more than 64 passes. Export it as baseline JPEG and upload that."
        }
        "jpeg_too_many_segments" => {
            "This JPEG has more tables than any picture needs. Export it again as baseline JPEG and upload that."
        }
        "png_too_many_chunks" => {
            "This PNG has more tables than any picture needs. Export it again as JPEG and upload that."
        }
        "length_differs" => {
            "The announced length is not that of these bytes. Read the file again, announce it as it is, and upload that."
        }
        "upload_differs" => {
            "What arrived is not the file that was announced. Copy it from the camera card again and upload that."
        }
        "png_hdr_not_supported" => {
            "This PNG holds HDR colours (PQ or HLG). Export it in sRGB, as JPEG, and upload that."
        }
        "file_name_empty" => "The file has no name. Rename it and upload it again.",
        "file_name_too_long" => {
            "The file's name has more than 255 characters. Rename it and upload it again."
        }
        "bad_sha256" => "The file's hash is no SHA-256 in Base64. Send the hash of its bytes.",
        "jpeg_progressive_too_large" => {
            "This progressive JPEG is too large to be read. Save it as baseline JPEG and upload that."
        }
        "png_interlaced_too_large" => {
            "This interlaced PNG is too large to be read. Save it without interlacing, or as JPEG, and upload that."
        }
        "png_animated_not_supported" => {
            "Animated pictures are not taken. Export the frame you want as JPEG and upload that."
        }
        _ => "This kind of file is not taken. Export it again as JPEG and upload that.",
    }
}
