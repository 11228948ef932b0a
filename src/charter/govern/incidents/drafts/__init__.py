"""An incident -> drafts of the reports that are owed."""
