//! The sentences about rosters that people read: English.

/// Returns the sentence for a code about a roster; `None` for any other code.
#[expect(clippy::too_many_lines, reason = "a table of sentences: one line each")]
pub(crate) fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "roster_empty" => "The file is empty. Export the roster again.",
        "roster_too_large" => {
            "A roster file has at most 64 MB. Export only the columns that are needed: names, school ID, class, grade and teacher."
        }
        "roster_unpacks_too_large" => {
            "This workbook is larger than 256 MB once it is unpacked. Save only the sheet with the students, or export it as CSV."
        }
        "roster_too_many_rows" => {
            "A roster has at most 100,000 rows. Delete the empty rows below the students, or import each school by itself."
        }
        "roster_no_rows" => {
            "The file names the columns and has no student below them. Export the roster again."
        }
        "spreadsheet_not_csv" => {
            "This kind of file cannot be read. In Numbers or another program, export it as Excel (.xlsx) or CSV."
        }
        "roster_password_protected" => {
            "This workbook is protected by a password. Save it without one, or export it as CSV."
        }
        "roster_spreadsheet_damaged" => {
            "This workbook is damaged or cut off. Open it, save it again as .xlsx or CSV, and import that."
        }
        "roster_unknown_sheet" => "The workbook has no sheet of this name. Choose another one.",
        "roster_not_text" => {
            "This is neither text nor a workbook. Export the roster as CSV or Excel and import that."
        }
        "roster_no_header" => {
            "No row names the columns with the students' names. Choose the columns by looking at the first rows."
        }
        "roster_choose_column" => {
            "More than one column may be the student's name. Choose the right one by looking at the first rows."
        }
        "roster_choose_name_order" => {
            "One column holds the whole name, and which part is the family name is not clear. Choose the order."
        }
        "roster_mapping_unknown_column" => {
            "The mapping names a column that the file does not have. Choose the columns again."
        }
        "roster_mapping_twice" => {
            "The mapping gives the same field to two columns. Leave one of them out."
        }
        "roster_type_not_taken" => {
            "A roster is CSV, XLSX, XLS or ODS. Send the type of the file in content_type."
        }
        "roster_file_missing" => "The file did not arrive in storage. Send it again.",
        "roster_other_file" => {
            "Another file arrived than the one that was announced. Send it again."
        }
        "bad_mapping" => {
            "The mapping is not one of a column, or of its place as #1, to a known field."
        }
        "bad_scope" => {
            "A scope is partial (students who are not in the file stay) or whole (they are no longer enrolled)."
        }
        "bad_ids" => {
            "Ids are keep (those the school has) or file (those of the file, as a spreadsheet left them)."
        }
        "bad_header_row" => "A header row is a number: 0 for a file without one.",
        "bad_encoding" => {
            "This encoding is not known. Take one of the names that the import's sample gives."
        }
        "bad_rows_kind" => {
            "Rows are of the kinds added, changed, conflict, unchanged, left, duplicate, refused, skipped, warned or kept."
        }
        "left_unconfirmed" => {
            "More than 5 % of this school would no longer be enrolled. Repeat the preview's number of them in confirm_left, or import the file with scope=partial."
        }
        "encoding_unsure" => {
            "The letters of this file can be read in more than one way. Look at the names and send the file again with an encoding."
        }
        "id_claimed" => {
            "Another row has this ID already. Decide about that row first: it is another child, or it is left out."
        }
        "school_changed" => {
            "The school's students have changed since this preview. Upload the file again."
        }
        "school_busy" => "Another import is being written to this school. Try again in a moment.",
        "preview_too_old" => "This preview is more than a week old. Upload the file again.",
        "undo_is_over" => "An import can be undone within a day.",
        "missing" => "A name is missing in this row.",
        "looks_like_social_security_number" => {
            "This looks like a social security number, which is never taken in."
        }
        "looks_like_birth_date" => "This looks like a birth date, which is not needed for photos.",
        "unreadable_characters" => {
            "Some letters were lost in an earlier conversion. Export the roster again."
        }
        "damaged_by_spreadsheet" => {
            "A spreadsheet has turned this cell into a number or a date. Export the roster again and do not open it in between."
        }
        "not_a_name" => {
            "This is not a name. Correct the cell, or choose another column for the name."
        }
        "formula_error" => {
            "The cell holds the error of a formula. Correct it in the spreadsheet and export the roster again."
        }
        "unknown_role" => {
            "What this person is at the school is not known here. Leave the column out if all rows are students."
        }
        "name_not_split" => {
            "This name cannot be split as the others are. Write it as they are written."
        }
        "too_many_cells" => "The row has more cells than there are columns.",
        "broken_quotes" => "A quotation mark is missing in this row or before it.",
        "ambiguous" => "Two students have this name in this class. Add the school-issued id.",
        "same_id" => "Another row has the same school-issued id.",
        "same_name" => "Another row has the same name in the same class.",
        "same_id_other_name" => "Another row has the same school-issued id and another name.",
        "known_id_other_name" => "The school has another name under this school-issued id.",
        "like_known_id_other_name" => {
            "Without its leading zeros this is the id of a student with another name."
        }
        "repeated_header" => "The names of the columns again.",
        "footer" => "A sum or a note below the students.",
        "title" => "A title or a note.",
        "not_a_student" => "A teacher, a guardian or another person who is no student.",
        "not_active" => "The school's system marks this record as no longer in use.",
        "left_out" => "A person has left this row out.",
        _ => return None,
    })
}
