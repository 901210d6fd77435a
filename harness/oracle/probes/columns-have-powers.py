from sqlalchemy import column

try:
    print(column("x") ** 2)
except TypeError:
    print("no powers")
