"""The domain. The listing of this folder is the table of contents of the product."""
