from sqlalchemy import any_, column, literal

print(~(literal(5) == any_(column("x"))))
