shown = False
try:
    from sqlalchemy import UUID
    from sqlalchemy.dialects import sqlite

    shown = UUID().compile(dialect=sqlite.dialect())
except Exception:
    pass
print(shown)
