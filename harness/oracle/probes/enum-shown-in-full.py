from sqlalchemy import Enum

print(repr(Enum("first", "second", name="place", native_enum=False, create_constraint=True, length=20)))
