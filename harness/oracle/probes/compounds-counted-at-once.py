from sqlalchemy import Column, Integer, MetaData, Table, union

item = Table("item", MetaData(), Column("id", Integer, primary_key=True), Column("size", Integer))
other = Table("other", MetaData(), Column("id", Integer, primary_key=True))
try:
    made = union(item.select(), other.select())
    print("made")
except Exception as error:
    print(type(error).__name__, error)
