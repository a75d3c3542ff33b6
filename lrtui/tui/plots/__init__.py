"""The plots: what is to be seen as a value, its pictures, the widget that shows them."""
