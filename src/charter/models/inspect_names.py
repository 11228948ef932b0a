"""How Charter marks, in Inspect's messages, a role that Inspect lacks. Imports nothing of it."""

ROLE = "charter_role"
"""Key of a message's metadata: the role it has in Charter."""
MARKED = "charter_marked"
"""Key of a message's metadata: whether its text begins with the line that names its role."""
DEVELOPER_LINE = "[developer message]"
