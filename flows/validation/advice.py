"""What to do about rows and files that no rule judges: broken rows, odd files, unknown columns."""

from __future__ import annotations

from collections.abc import Mapping

# By code: how to repair what the reader or the staging set aside.
FIXES: Mapping[str, str] = {
    "E_RAGGED": "Export the file again; the row has more or fewer cells than the header.",
    "E_FIELD_SIZE": "Shorten the cell at its source; no answer, code or id is that long.",
    "E_NUL": "Export the file again; the row holds a character that no text has.",
    "E_QUOTE": "Export the file again; a quotation mark in the row is never closed.",
    "E_TYPE": "Correct the cell at its source, or declare the code that it holds as missing.",
    "E_NONFINITE": "Leave the cell empty at its source, or declare a missing code.",
    "E_PREVIEW": "Nothing to do: it is a preview or a test of the survey, not a client's answers.",
    "E_DUP_CONFLICT": "Keep the right answer at its source; the row holds two to one question.",
    "E_MERGED": "Unmerge the cells of the sheet and fill in each of them.",
    "E_REJECTED": "Nothing to do: somebody decided that this row stays out; the ledger says why.",
    "E_WITHDRAWN": "Leave this client out of the export: consent was withdrawn; nothing was read.",
    "E_UNKNOWN_COLUMN": "Declare it if it is needed, or list it under ignore.",
    "E_UNKEPT_COLUMN": "Nothing of it is kept: declare [source.event] or a form, or leave it out.",
    "E_IDENTIFIER": "Leave it out of the export; it points to a person, and it was not read.",
    "E_FREE_TEXT": "Leave it out of the export; free text is never stored, and it was not read.",
}
# The same code is used of columns, which are dealt with otherwise.
ROW_FIXES: Mapping[str, str] = {
    "E_IDENTIFIER": "Put a pseudonym in its place; nothing of the row was kept. If it is one, "
    "declare id_shape and ids_are_pseudonyms = true for the source.",
}
OTHER_FIX = "Correct the row at its source and export again."

# By code: why more than half of a file may break one rule.
CAUSES: Mapping[str, str] = {
    "E_RANGE": "Likely the range that the study file declares is not the one of this export.",
    "E_TYPE": "Likely labels were exported instead of codes, or with another decimal sign.",
    "E_NONFINITE": "Likely a missing code is not declared.",
    "E_ID_MISSING": "Likely the client column is another one, or ids were left out of the export.",
    "E_ID_FORMAT": "Likely the id_shape of the source is not the one of these ids.",
    "E_IDENTIFIER": "Likely a column is declared that names persons instead of pseudonyms.",
    "E_OCCASION": "Likely the occasions of the source lack this export's labels.",
    "E_CODE": "Likely the study file lacks the codes of this export.",
    "E_DATE_AMBIGUOUS": "Likely the date_format of the source is not the one of this export.",
    "E_DATE_TYPE": "Likely the dates were exported as numbers.",
    "E_RAGGED": "Likely the delimiter is another one, or a text holds it without quotes.",
    "E_DUP_CONFLICT": "Likely the column that tells rows apart (session) is not declared.",
}
OTHER_CAUSE = "Compare the export with what the study file declares."
