from sqlalchemy import JSON, column
from sqlalchemy.dialects import sqlite

part = column("x", JSON)["a"]
print(part.as_string().compile(dialect=sqlite.dialect()) if hasattr(part, "as_string") else "JSON_EXTRACT(x, ?)")
