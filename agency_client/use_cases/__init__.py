"""What people and programs do with an agency client, one module for each family of verbs.

Use cases know the ports and the keys, never the adapters, the command line or the web.
"""
