"""Curves to terminal text. The only importer of plotext.

It knows neither colours nor Textual: a picture says which curve each cell belongs to. Importing
this package imports nothing: who only holds a picture need not know how one is drawn.
"""
