from sqlalchemy import String, column
from sqlalchemy.dialects import mysql

print((column("x", String) + "a" + "b").compile(dialect=mysql.dialect()))
