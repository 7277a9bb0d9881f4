"""A small laboratory for SMTP: real servers and clients on loopback, raw sessions, stores to look into.

Scripts/interop and Scripts/demo are its two users. Only Python's standard library is needed.
"""
