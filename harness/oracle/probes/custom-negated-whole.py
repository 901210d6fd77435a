from sqlalchemy import column

print(~column("x").op("~", is_comparison=True)(5))
