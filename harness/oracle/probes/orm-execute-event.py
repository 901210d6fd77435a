from sqlalchemy import event
from sqlalchemy.orm import Session

try:
    event.listen(Session, "do_orm_execute", lambda state: None)
    print("listens")
except Exception as error:
    print(type(error).__name__)
