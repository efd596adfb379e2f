"""The inbox: messages to a member, read and marked as read. Their words and rows are the kernel's (`notices`)."""
