"""A delivery of records: staged, compared with what is there, and applied in one transaction.

All writers come this way (rule 12): an import with a hundred thousand records and a form with one.
Every comparison is a few set-based statements; they are listed by kind of record, in the order in
which the kinds refer to each other.
"""
