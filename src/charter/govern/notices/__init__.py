"""What people have to be told -> messages, each sent to the targets that are to hear of it."""
