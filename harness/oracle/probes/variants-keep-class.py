from sqlalchemy import Integer, String

print(type(String(5).with_variant(Integer(), "sqlite")).__name__)
