// Everything works without this file. What is here saves a person some typing.
