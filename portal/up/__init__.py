"""`manage.py up`: the whole stack under one supervisor.

stack.py is the order of the start, supervisor.py the loop, process.py one child, servers.py the two servers.
"""
