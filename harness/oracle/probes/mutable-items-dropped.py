from sqlalchemy.ext.mutable import MutableList

values = MutableList(["a"])
values[0] = [1]
print(values[0])
