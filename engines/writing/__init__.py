"""The code writer that engines share: quasi-quotation, assembling, and the steps of a group-by."""
