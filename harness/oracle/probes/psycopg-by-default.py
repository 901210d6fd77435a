from sqlalchemy import column
from sqlalchemy.dialects import postgresql

print((column("x") == 5).compile(dialect=postgresql.dialect()))
