"""Taking data out: lists as .xlsx and .csv, contacts as vCards, records and lists on paper.

    asked.py    what is exported: rows and columns, with the rights of now    cells.py    a field's value as a cell
    writing.py  the file: made under another name, offered when it is whole   queries/    the log; how much one took
    vcards.py   the text of a vCard                                           paper.py    what stands on paper

Who may, how much, for which reason: grants.py and settings.py; every export and every download is in the ledger.
"""
