"""The form, the values behind it, and what edits them."""
