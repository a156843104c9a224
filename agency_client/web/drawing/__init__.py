"""Pictures as shapes and places: what templates draw as SVG. Pure; the same always stands in a table beneath."""
