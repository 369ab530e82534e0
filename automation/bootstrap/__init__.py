"""What must exist before the first stack: made once an account, checked again as often as one likes.

Ordinary code over boto3, not a stack of its own: a stack needs the state bucket, its key and the roles, which are
what is made here; its own state would have to be moved in afterwards, by hand, in every new account.

policies    permissions as data               no I/O
desired     names, settings and tables        no I/O
step        check, show, apply                no AWS
bucket, key, roles, account, key_lines        the steps, over boto3 and the stack files
steps       all of them, in order
"""
