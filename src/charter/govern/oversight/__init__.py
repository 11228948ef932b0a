"""Reviews, items that wait for them and answers that are known -> who judges what, and how well."""
