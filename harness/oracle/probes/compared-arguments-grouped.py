from sqlalchemy import String, column, func

x, y = column("x", String), column("y", String)
try:
    print(func.instr(x, y + "/").as_comparison(1, 2))
except AttributeError:
    print("none")
