"""The plots on the screen: the widget, and what a person does to it."""
