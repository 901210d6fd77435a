from sqlalchemy import column, table

print(repr(str(table("item", column("id")))))
