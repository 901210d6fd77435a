from sqlalchemy import Column, Integer, MetaData, Table

item = Table("item", MetaData(), Column("id", Integer, primary_key=True), Column("size", Integer))
text = str(item.c)
print(text[text.index("C") :] if "Collection" in text else text)
