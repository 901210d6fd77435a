from sqlalchemy.orm import relationship

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: type(relationship("Book", omit_join=True)) is not None)
