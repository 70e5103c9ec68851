"""The demo: one believable page. Its words are in the YAML files beside this, move_in.py puts them up."""
