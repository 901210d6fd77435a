from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import mapper

user_table = Table("user", MetaData(), Column("id", Integer, primary_key=True))


class User(object):
    pass


try:
    mapper(User, user_table)
    print("mapped")
except Exception as error:
    print(type(error).__name__)
