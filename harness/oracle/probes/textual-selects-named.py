from sqlalchemy import Integer, text

print(type(text("SELECT id FROM item").columns(id=Integer)).__name__)
