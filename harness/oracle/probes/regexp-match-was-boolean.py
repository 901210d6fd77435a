from sqlalchemy import column

x = column("x")
print(repr(x.regexp_match("a").type) if hasattr(x, "regexp_match") else "no such operator")
