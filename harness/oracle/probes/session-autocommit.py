from sqlalchemy.orm import sessionmaker

print(sessionmaker())
