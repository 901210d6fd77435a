from sqlalchemy import create_engine
from sqlalchemy.orm import Session

try:
    with Session(bind=create_engine("sqlite://")) as session:
        print(session.autoflush)
except (AttributeError, TypeError) as error:
    print(type(error).__name__)
