from sqlalchemy import column
from sqlalchemy.dialects import sqlite

x = column("x")
print(x.bitwise_xor(5).compile(dialect=sqlite.dialect()) if hasattr(x, "bitwise_xor") else "x ^ ?")
