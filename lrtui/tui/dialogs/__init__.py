"""The dialogs, and the texts that they show."""
