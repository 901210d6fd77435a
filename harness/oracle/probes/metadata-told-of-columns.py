from sqlalchemy import Column, Integer, MetaData, Table, create_engine, event

engine = create_engine("sqlite://")
made = MetaData()
Table("item", made, Column("id", Integer, primary_key=True))
made.create_all(engine)
found = MetaData()


def tell(inspector, table, column):
    print(table.name, column["name"])


event.listen(found, "column_reflect", tell)
found.reflect(engine)
print(list(found.tables))
