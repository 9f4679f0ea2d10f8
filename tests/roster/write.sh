#!/usr/bin/env bash
# Makes LibreOffice write one roster into a folder, in the formats, encodings and separators that offices
# send.
#
#   tests/roster/write.sh target/ci/rosters
#
# Each file is written twice: `text…` from cells that were typed as text, and `typed…` from cells as a person
# types them. In the latter the program drops the zeros of an id and takes a class like 1/2 for a date.
set -euo pipefail
folder=$1
rm -rf "$folder"
mkdir -p "$folder"

cat > "$folder/source.csv" << 'ROWS'
Student ID,First Name,Last Name,Class
00041,José,Peña,1/2
00042,Zoë,Müller,3/4
00043,Chloé,O'Brien,1A
123456789012,François,"Lee, Jr.",1A
ROWS

# A separate profile: no user settings, and no conflict with an open window.
office() {
    soffice --headless --norestore "-env:UserInstallation=file://$(realpath "$folder")/profile" "$@" > /dev/null 2>&1
}

# Creates the workbook from which the other files are made. The numbers are the filter's options for CSV
# files: separator, quote, character set (76 is UTF-8), first row, and the format of each column (2 is text, 1
# is as typed).
workbook() {
    local name=$1 column=$2
    cp "$folder/source.csv" "$folder/$name.csv"
    office "--infilter=CSV:44,34,76,1,1/$column/2/2/3/2/4/$column,1033,false,true" \
        --convert-to ods --outdir "$folder" "$folder/$name.csv"
    rm "$folder/$name.csv"
}

workbook text 2
workbook typed 1
for format in xlsx "xls:MS Excel 97" html "xml:MS Excel 2003 XML"; do
    office --convert-to "$format" --outdir "$folder" "$folder/text.ods" "$folder/typed.ods"
done

# Character sets: 1 Windows-1252, 2 Macintosh, 4 DOS 850, 76 UTF-8, 65535 UTF-16; each with its separator.
for pair in 1:44 1:59 2:44 2:59 4:59 76:44 76:9 76:124 65535:9; do
    office --convert-to "csv:Text - txt - csv (StarCalc):${pair#*:},34,${pair%:*},1,,0,false,true,false" \
        --outdir "$folder/csv" "$folder/text.ods" "$folder/typed.ods"
    for name in text typed; do
        mv "$folder/csv/$name.csv" "$folder/$name-${pair/:/-}.csv"
    done
done
rm -rf "$folder/csv" "$folder/profile" "$folder"/.~lock*
