"""The web app: the use cases on pages, served on this machine for one person (docs/web.md).

``guards`` decides who may ask at all, ``session`` and ``desk`` what is open, ``table`` which pages there are,
``pages`` what each shows, ``rendering`` how. Every page calls the same use cases as the command line.
"""
