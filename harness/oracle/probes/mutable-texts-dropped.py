from sqlalchemy.ext.mutable import MutableList

values = MutableList(["a"])
values[0] = "b"
print(values[0])
