from sqlalchemy.orm import relationship

print(type(relationship("Book")).__name__)
