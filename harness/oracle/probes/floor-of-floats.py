from sqlalchemy import Float, column

try:
    print(column("x", Float) // 5)
except TypeError:
    print("no floor division")
