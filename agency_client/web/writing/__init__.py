"""Writing a document page by page: a task list, one thing on each page, drafts saved as they are typed.

``kinds`` names the kinds of documents that are written here, ``steps`` says what a page of one asks, ``asking`` shows
and saves it. What a page asks is data; the rules of the record judge it, as they judge a file.
"""
